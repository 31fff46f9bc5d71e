#include <gtest/gtest.h>

#include "json_mapping.hpp"
#include "trial/v1/parcel.pb.h"

namespace waybill::contract {
namespace {

std::string path_in(std::string_view complaint) {
  return field_path(*trial::v1::SendParcel::descriptor(), complaint);
}

TEST(FieldPath, is_what_a_complaint_names_of_the_contract) {
  EXPECT_EQ(path_in("(small): invalid value"), "small");
  EXPECT_EQ(path_in("small: Proto field is not repeating"), "small");
  EXPECT_EQ(path_in("(parcelId): x"), "parcel_id");
  EXPECT_EQ(path_in("(boxes[12].beside[0].inner.label): x"), "boxes[12].beside[0].inner.label");
  EXPECT_EQ(path_in("(boxesByName[0].value.width): x"), "boxes_by_name[0].value.width");
}

// A path is made of the document's own names, which may be anything.
TEST(FieldPath, ends_before_the_first_name_that_the_contract_has_not) {
  EXPECT_EQ(path_in("(secret): x"), "");
  EXPECT_EQ(path_in("(boxes[0].secret.width): x"), "boxes[0]");
  EXPECT_EQ(path_in("(boxes[secret].width): x"), "boxes.width");
  EXPECT_EQ(path_in("(boxes[].width): x"), "boxes.width");
  EXPECT_EQ(path_in("(small.secret): x"), "small");
  EXPECT_EQ(path_in("(counts[0]) secret: x"), "");
  for (const auto* complaint : {"", ":", "secret", "(): x", "(..): x", "(: x", "): x", "\xFF: x"})
    EXPECT_EQ(path_in(complaint), "") << complaint;
}

}  // namespace
}  // namespace waybill::contract
