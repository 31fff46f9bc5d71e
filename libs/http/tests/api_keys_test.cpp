#include "waybill/http/api_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "keys/key_text.hpp"
#include "sha256.hpp"

namespace waybill::http {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using Development = ApiKeys::Development;

const std::string key_text = "wb_shop-web_0123456789012345678901234567890123456789012";

json key_entry(const std::string& id, const std::string& text) {
  return {{"id", id}, {"sha256", hex_of(sha256(text))}, {"scopes", {"orders:write"}}};
}
json with(json changed, const std::string& member, json value) {
  changed[member] = std::move(value);
  return changed;
}
json without(json changed, const std::string& member) {
  changed.erase(member);
  return changed;
}

auto parsed_keys(const std::vector<json>& keys, Development development = Development::refused) {
  return ApiKeys::parse(json{{"keys", keys}}.dump(), "keys.json", development);
}

/// What is wrong, where one thing is.
std::string problem_of(const std::vector<json>& keys, Development development = Development::refused) {
  const auto read = parsed_keys(keys, development);
  if (read) return "none";
  EXPECT_EQ(read.error().lines.size(), 1U) << read.error().to_string();
  return read.error().lines.front();
}

TEST(ApiKeys, know_a_client_by_its_key) {
  auto rate = with(key_entry("shop-web", key_text), "rate", {{"requests", 5}, {"per", "2s"}, {"burst", 9}});
  const auto keys =
      parsed_keys({key_entry("other", "wb_other_x"), with(rate, "scopes", {"orders:write", "orders:read"})});
  ASSERT_TRUE(keys);
  const auto* const key = keys->find(key_text);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->id, "shop-web");
  EXPECT_THAT(key->scopes, ElementsAre("orders:write", "orders:read"));
  EXPECT_TRUE(key->has_scope("orders:read"));
  EXPECT_FALSE(key->has_scope("orders"));
  EXPECT_FALSE(key->has_scope(""));
  EXPECT_EQ(key->rate.tokens, 5U);
  EXPECT_EQ(key->rate.per, 2s);
  EXPECT_EQ(key->rate.burst, 9U);
  EXPECT_FALSE(key->is_development);
  EXPECT_EQ(keys->all().size(), 2U);
}

TEST(ApiKeys, know_nobody_by_anything_else) {
  const auto keys = parsed_keys({key_entry("shop-web", key_text)});
  ASSERT_TRUE(keys);
  auto another = key_text;
  another.back() = '3';
  for (const auto& text :
       {another, key_text + "2", key_text.substr(0, key_text.size() - 1), std::string(), " " + key_text,
        std::string("shop-web"), "wb_other_" + key_text.substr(12), "wb_shop-web" + key_text.substr(12),
        std::string("wb_"), std::string("wb__"), std::string(100'000, 'x')}) {
    EXPECT_EQ(keys->find(text), nullptr) << text.substr(0, 80);
  }
}

TEST(ApiKeys, find_each_of_many_in_whatever_order_the_file_has_them) {
  std::vector<json> entries;
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) {
    const auto id = "c" + std::to_string(i * 37 % 50);
    texts.push_back("wb_" + id + key_text.substr(11));
    entries.push_back(key_entry(id, texts.back()));
  }
  const auto keys = parsed_keys(entries);
  ASSERT_TRUE(keys);
  for (const auto& text : texts) EXPECT_NE(keys->find(text), nullptr) << text;
}

TEST(ApiKeys, of_an_empty_file_know_nobody) {
  const auto keys = parsed_keys({});
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->find(key_text), nullptr);
}

// The entry of nobody has a hash too; it must never be somebody's.
TEST(ApiKeys, an_unknown_id_is_nobody_whatever_follows_it) {
  const auto keys = parsed_keys({key_entry("a", "wb_a_x")});
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->find("wb_b_0123456789012345678901234567890123456789012"), nullptr);
}

TEST(ApiKeys, rate_and_burst_may_be_left_out) {
  const auto keys =
      parsed_keys({key_entry("a", "1"), with(key_entry("b", "2"), "rate", {{"requests", 7}, {"per", "1m"}})});
  ASSERT_TRUE(keys);
  const auto all = keys->all();
  EXPECT_EQ(all[0]->rate.tokens, 100U);
  EXPECT_EQ(all[0]->rate.per, 1s);
  EXPECT_EQ(all[1]->rate.burst, 7U);
  EXPECT_EQ(all[1]->rate.per, 1min);
}

// Its text is in everybody's documentation.
TEST(ApiKeys, a_development_key_is_refused_unless_it_is_allowed) {
  const std::vector<json> keys{with(key_entry("demo", key_text), "development", true)};
  EXPECT_EQ(
      problem_of(keys),
      "keys.json:1: #/keys/0/development is true: 'demo' is a key for development, which many people know; "
      "take it out, or allow such keys where nobody is harmed");
  const auto allowed = parsed_keys(keys, Development::allowed);
  ASSERT_TRUE(allowed);
  EXPECT_TRUE(allowed->all().front()->is_development);
}

TEST(ApiKeys, what_is_there_twice_is_refused) {
  EXPECT_EQ(problem_of({key_entry("a", "1"), key_entry("a", "2")}),
            "keys.json:1: #/keys/1/id is that of another key too; give each its own");
  EXPECT_EQ(problem_of({key_entry("a", "1"), key_entry("b", "1")}),
            "keys.json:1: #/keys/1/sha256 is that of another key too; make a key for each");
  EXPECT_EQ(problem_of({with(key_entry("a", "1"), "scopes", {"x", "x"})}),
            "keys.json:1: #/keys/0/scopes has one twice");
}

TEST(ApiKeys, what_is_unknown_missing_or_malformed_is_refused) {
  const auto good = key_entry("a", "1");
  EXPECT_THAT(problem_of({with(good, "scope", 1)}), HasSubstr("#/keys/0/scope is not known; did you mean"));
  EXPECT_THAT(problem_of({without(good, "id")}), HasSubstr("#/keys/0/id is missing"));
  EXPECT_THAT(problem_of({without(good, "sha256")}), HasSubstr("#/keys/0/sha256 is missing"));
  EXPECT_THAT(problem_of({without(good, "scopes")}), HasSubstr("#/keys/0/scopes is missing"));
  EXPECT_THAT(problem_of({with(good, "scopes", json::array())}), HasSubstr("#/keys/0/scopes is empty"));
  EXPECT_THAT(problem_of({with(good, "scopes", {"a b"})}), HasSubstr("has one that is no scope"));
  for (const auto* id : {"", "A", "a_b", "-a", "1a", "a b", "abcdefghijklmnopqrstuvwxyz0123456"}) {
    EXPECT_THAT(problem_of({with(good, "id", id)}),
                HasSubstr("#/keys/0/id is another text; it takes 1 to 32"))
        << id;
  }
  for (const auto* per : {"", "1", "s", "0s", "2h", "1.5s", "-1s"}) {
    EXPECT_THAT(problem_of({with(good, "rate", {{"requests", 1}, {"per", per}})}),
                HasSubstr("#/keys/0/rate/per "))
        << per;
  }
  EXPECT_THAT(problem_of({with(good, "rate", {{"requests", 0}, {"per", "1s"}})}),
              HasSubstr("rate/requests is 0"));
  EXPECT_THAT(problem_of({with(good, "development", "yes")}), HasSubstr("development is a text"));
}

TEST(ApiKeys, the_line_of_what_is_wrong_is_told) {
  const auto read =
      ApiKeys::parse("{\n\"keys\": [\n{\"id\": \"a\",\n\"sha256\": \"\",\n\"scopes\": [\"x\"]}]}", "k.json",
                     Development::refused);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().lines.front(),
            "k.json:4: #/keys/0/sha256 is another text; it takes 64 lower-case hex digits");
  EXPECT_THAT(read.error().to_string(), HasSubstr("the file of API keys, k.json, has 1 problem"));
  EXPECT_FALSE(ApiKeys::parse("{\"keys\": [}", "k.json", Development::refused));
  EXPECT_FALSE(ApiKeys::parse("[]", "k.json", Development::refused));
}

// Who puts the key itself where its hash belongs must not read it in a log.
TEST(ApiKeys, nothing_of_a_hash_or_a_key_is_told) {
  for (const auto& misplaced : {key_text, hex_of(sha256("1")) + "0", std::string(300, 's')}) {
    const auto problem = problem_of({with(key_entry("a", "1"), "sha256", misplaced)});
    EXPECT_EQ(problem.find(misplaced.substr(0, 8)), std::string::npos) << problem;
  }
  EXPECT_EQ(problem_of({with(key_entry("a", "1"), "id", key_text)}).find("0123"), std::string::npos);
}

TEST(ApiKeys, a_file_that_cannot_be_read_is_named) {
  const auto read = ApiKeys::load("/nowhere/keys.json", Development::refused);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().lines.front(), "/nowhere/keys.json: cannot be read: No such file or directory");
}

TEST(NewApiKey, is_known_by_its_hash_and_never_the_same) {
  const auto key = new_api_key("shop-web");
  EXPECT_EQ(key.text.size(), 12U + 43U);
  EXPECT_TRUE(key.text.starts_with("wb_shop-web_"));
  EXPECT_EQ(id_in_key(key.text), "shop-web");
  EXPECT_NE(new_api_key("shop-web").text, key.text);
  const auto keys = parsed_keys({with(key_entry("shop-web", ""), "sha256", key.sha256)});
  ASSERT_TRUE(keys);
  EXPECT_NE(keys->find(key.text), nullptr);
}

TEST(NewApiKey, is_not_made_for_an_id_that_no_key_may_have) {
  EXPECT_THROW((void)new_api_key(""), std::invalid_argument);
  EXPECT_THROW((void)new_api_key("shop_web"), std::invalid_argument);
}

}  // namespace
}  // namespace waybill::http
