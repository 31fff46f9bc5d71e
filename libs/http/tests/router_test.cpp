#include "waybill/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace waybill::http {
namespace {

Response nothing(const Request&) { return empty_response(204); }

std::string found_by(const Router& router, const std::string& target, Method method = Method::get) {
  Request request;
  request.method = method;
  request.target = target;
  auto found = router.find(request);
  if (const auto* response = std::get_if<Response>(&found)) return std::to_string(response->status);
  EXPECT_EQ(request.route, std::get<const Router::Route*>(found)->pattern);
  std::string text{request.route};
  for (const auto& [name, value] : request.path_parameters) {
    text.append(1, ' ').append(name).append(1, '=').append(value);
  }
  return text;
}

Router router_of(std::initializer_list<std::string> patterns) {
  Router router;
  for (const auto& pattern : patterns) router.add(Method::get, pattern, nothing);
  return router;
}

TEST(Routes, find_what_is_literal_before_what_stands_for_anything) {
  const auto router = router_of({"/a", "/a/{x}", "/a/b", "/a/{x}/c", "/a/b/d", "/"});
  EXPECT_EQ(found_by(router, "/"), "/");
  EXPECT_EQ(found_by(router, "/a"), "/a");
  EXPECT_EQ(found_by(router, "/a/b"), "/a/b");
  EXPECT_EQ(found_by(router, "/a/z"), "/a/{x} x=z");
  EXPECT_EQ(found_by(router, "/a/b/d"), "/a/b/d");
  EXPECT_EQ(found_by(router, "/a/b/c"), "/a/{x}/c x=b") << "what is literal leads nowhere";
  EXPECT_EQ(found_by(router, "/a/b/c/d"), "404");
  EXPECT_EQ(found_by(router, "/b"), "404");
}

TEST(Routes, take_a_path_without_its_query) {
  const auto router = router_of({"/a/{x}"});
  EXPECT_EQ(found_by(router, "/a/b?c=/d"), "/a/{x} x=b");
  EXPECT_EQ(found_by(router, "/a/%2Fetc%3F"), "/a/{x} x=/etc?");
  EXPECT_EQ(found_by(router, "/a/b+c"), "/a/{x} x=b+c") << "a plus is a space in a query only";
}

TEST(Routes, of_one_path_may_call_its_part_what_they_like) {
  Router router;
  router.add(Method::get, "/a/{one}", nothing);
  router.add(Method::put, "/a/{other}/b", nothing);
  EXPECT_EQ(found_by(router, "/a/1"), "/a/{one} one=1");
  EXPECT_EQ(found_by(router, "/a/1/b", Method::put), "/a/{other}/b other=1");
}

TEST(Routes, that_cannot_be_right_are_refused_when_they_are_added) {
  const auto refusal_of = [](const std::string& pattern, Method method = Method::get) -> std::string {
    Router router;
    router.add(Method::get, "/a/{x}", nothing);
    try {
      router.add(method, pattern, nothing);
      return "none";
    } catch (const std::invalid_argument& refusal) {
      return refusal.what();
    }
  };
  EXPECT_EQ(refusal_of("/b/{x}"), "none");
  EXPECT_EQ(refusal_of("b"), "the route 'b': it does not begin with '/'");
  EXPECT_EQ(refusal_of(""), "the route '': it does not begin with '/'");
  EXPECT_EQ(refusal_of("/a/{y}"), "the route '/a/{y}': a request that '/a/{x}' takes would be its as well");
  EXPECT_EQ(refusal_of("/b/{}"), "the route '/b/{}': a parameter has no name");
  EXPECT_EQ(refusal_of("/b/{x}/{x}"), "the route '/b/{x}/{x}': {x} is there twice");
  EXPECT_EQ(refusal_of("/b/{x}y"), "the route '/b/{x}y': '{x}y' is neither text nor a {name}");
  EXPECT_EQ(refusal_of("/b?c"), "the route '/b?c': 'b?c' is neither text nor a {name}");
  EXPECT_EQ(refusal_of("/b", Method::head),
            "the route '/b': HEAD and OPTIONS are answered without a route of their own");
}

TEST(Routes, are_all_listed) { EXPECT_EQ(router_of({"/", "/a", "/a/{x}", "/b/c"}).routes().size(), 4U); }

}  // namespace
}  // namespace waybill::http
