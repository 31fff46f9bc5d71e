#include "waybill/contract/encoding.hpp"

#include <gtest/gtest.h>

namespace waybill::contract {
namespace {

TEST(Encodings, are_told_by_their_content_types) {
  EXPECT_EQ(content_type_of(Encoding::json), "application/json");
  EXPECT_EQ(content_type_of(Encoding::protobuf), "application/x-protobuf");
  for (const auto encoding : {Encoding::json, Encoding::protobuf})
    EXPECT_EQ(encoding_of(content_type_of(encoding)), encoding);
}

TEST(Encodings, are_found_whatever_the_case_and_the_parameters) {
  EXPECT_EQ(encoding_of("application/json; charset=utf-8"), Encoding::json);
  EXPECT_EQ(encoding_of("Application/JSON;charset=UTF-8"), Encoding::json);
  EXPECT_EQ(encoding_of(" application/json ;"), Encoding::json);
  EXPECT_EQ(encoding_of("APPLICATION/X-PROTOBUF\t; messageType=\"x.y;z\""), Encoding::protobuf);
}

TEST(Encodings, are_not_guessed) {
  for (const auto* type : {"", ";", "json", "application/jsonx", "application/json+x", "text/json",
                           "application/x-protobuf2", "application/ json", "application/json charset=utf-8"})
    EXPECT_EQ(encoding_of(type), std::nullopt) << type;
}

}  // namespace
}  // namespace waybill::contract
