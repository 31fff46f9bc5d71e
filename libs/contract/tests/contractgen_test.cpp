#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "contract_file.hpp"
#include "traits_header.hpp"
#include "waybill/v1/options.pb.h"

namespace waybill::contractgen {
namespace {

namespace pb = google::protobuf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

pb::DescriptorProto message(const std::string& name, v1::Kind kind,
                            const std::vector<std::string>& replies = {}) {
  pb::DescriptorProto made;
  made.set_name(name);
  if (kind != v1::KIND_UNSPECIFIED) made.mutable_options()->SetExtension(v1::kind, kind);
  for (const auto& reply : replies) made.mutable_options()->AddExtension(v1::replies, reply);
  return made;
}

pb::DescriptorProto command(const std::vector<std::string>& replies) {
  return message("Do", v1::KIND_COMMAND, replies);
}

pb::DescriptorProto reply(const std::string& name) { return message(name, v1::KIND_REPLY); }

pb::DescriptorProto refusal(const std::string& name) { return message(name, v1::KIND_REFUSAL); }

pb::DescriptorProto part(const std::string& name) { return message(name, v1::KIND_UNSPECIFIED); }

pb::DescriptorProto holder(const std::string& name, const pb::DescriptorProto& inner) {
  auto outer = part(name);
  *outer.add_nested_type() = inner;
  return outer;
}

void add_file(pb::FileDescriptorSet& set, const std::string& path, const std::string& package,
              const std::vector<pb::DescriptorProto>& messages) {
  auto& file = *set.add_file();
  file.set_name(path);
  file.set_package(package);
  for (const auto& one : messages) *file.add_message_type() = one;
}

// What is read of a file with these messages, beside one of another package.
ContractFile read(const std::vector<pb::DescriptorProto>& messages) {
  pb::FileDescriptorSet set;
  add_file(set, "far/v1/y.proto", "far.v1", {reply("Far"), part("Bare")});
  add_file(set, "shop/v1/x.proto", "shop.v1", messages);
  return read_contract_file(set, "shop/v1/x.proto");
}

std::vector<std::string> problems(const std::vector<pb::DescriptorProto>& messages) {
  return read(messages).problems;
}

TEST(AContract, names_its_replies_of_its_package_or_in_full) {
  const auto file = read({command({"Done", "shop.v1.Refused", "far.v1.Far", ".shop.v1.Other"}), reply("Done"),
                          refusal("Refused"), reply("Other")});
  ASSERT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(file.contracts.at(0).kind, "command");
  EXPECT_THAT(file.contracts.at(0).replies,
              ElementsAre("shop.v1.Done", "shop.v1.Refused", "far.v1.Far", "shop.v1.Other"));
  EXPECT_EQ(file.contracts.size(), 4U);
}

TEST(AContract, prefers_the_reply_of_the_nearest_package) {
  pb::FileDescriptorSet set;
  add_file(set, "outer.proto", "shop", {reply("Done"), reply("Outer")});
  add_file(set, "inner.proto", "shop.v1",
           {command({"Done", "Outer", "v1.Near"}), reply("Done"), reply("Near")});
  EXPECT_THAT(read_contract_file(set, "inner.proto").contracts.at(0).replies,
              ElementsAre("shop.v1.Done", "shop.Outer", "shop.v1.Near"));
}

TEST(AContract, is_refused_with_a_reply_that_no_file_defines) {
  EXPECT_THAT(
      problems({command({"Dnoe"})}),
      ElementsAre("shop/v1/x.proto: Do names the reply 'Dnoe', which no file defines: correct the name, or "
                  "add its library to the USES of add_contracts()"));
  EXPECT_EQ(problems({command({".Done"}), reply("Done")}).size(), 1U);
}

TEST(AContract, is_refused_with_a_reply_that_is_none) {
  EXPECT_THAT(
      problems({command({"Done"}), message("Done", v1::KIND_EVENT)}),
      ElementsAre("shop/v1/x.proto: Do names the reply 'Done', which is neither a reply nor a refusal: set "
                  "the kind of shop.v1.Done to KIND_REPLY or KIND_REFUSAL"));
  EXPECT_THAT(problems({command({"far.v1.Bare"})}), ElementsAre(HasSubstr("neither a reply nor a refusal")));
  EXPECT_THAT(problems({command({"Do"})}), ElementsAre(HasSubstr("neither a reply nor a refusal")));
}

TEST(AContract, is_refused_with_a_reply_twice) {
  EXPECT_THAT(problems({command({"Done", "shop.v1.Done"}), reply("Done")}),
              ElementsAre(HasSubstr("names the reply 'shop.v1.Done' twice")));
}

TEST(AContract, is_refused_when_it_can_only_be_refused) {
  EXPECT_THAT(
      problems({command({"No"}), refusal("No")}),
      ElementsAre(HasSubstr("Do can be refused but never answered: name a message of KIND_REPLY too")));
}

TEST(AContract, of_a_command_that_nobody_answers_has_no_replies) {
  const auto file = read({command({})});
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.contracts.at(0).replies, IsEmpty());
}

TEST(AContract, is_refused_with_replies_to_what_is_no_command) {
  for (const auto kind : {v1::KIND_EVENT, v1::KIND_REPLY, v1::KIND_UNSPECIFIED})
    EXPECT_THAT(problems({message("Do", kind, {"Done"}), reply("Done")}),
                ElementsAre(HasSubstr("Do names replies, and is no command: set its kind to KIND_COMMAND")));
}

TEST(AContract, is_refused_inside_of_another_message) {
  EXPECT_THAT(problems({holder("A", holder("B", reply("C")))}),
              ElementsAre(HasSubstr("A.B.C has a kind, and stands inside of another message: move it out")));
}

TEST(AContract, tells_all_that_is_wrong_at_once) {
  EXPECT_EQ(problems({command({"Dnoe", "far.v1.Bare"}), holder("A", reply("B"))}).size(), 3U);
}

TEST(AContract, becomes_a_header_that_declares_and_includes_nothing_of_protobuf) {
  const auto header = traits_header(read({command({"Done", "far.v1.Far"}), reply("Done"), part("Part")}));
  EXPECT_THAT(header, HasSubstr("namespace far::v1 {\nclass Far;\n}"));
  EXPECT_THAT(header, HasSubstr("namespace shop::v1 {\nclass Do;\nclass Done;\n}"));
  EXPECT_THAT(header, HasSubstr("struct traits<::shop::v1::Do> {\n"
                                "  static constexpr std::string_view name = \"shop.v1.Do\";\n"
                                "  static constexpr Kind kind = Kind::command;\n"
                                "  using replies = types<::shop::v1::Done, ::far::v1::Far>;\n};\n"));
  EXPECT_THAT(header, Not(HasSubstr("Part")));
  EXPECT_THAT(header, Not(HasSubstr("pb.h")));
  EXPECT_EQ(traits_header_path("shop/v1/x.proto"), "shop/v1/x.contract.hpp");
}

TEST(AContract, of_a_file_that_is_not_in_the_set_is_refused) {
  EXPECT_THAT(read_contract_file({}, "gone.proto").problems,
              ElementsAre("gone.proto: the descriptor set does not hold it"));
}

}  // namespace
}  // namespace waybill::contractgen
