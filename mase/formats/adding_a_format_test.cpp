// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The family of docs/adding-a-format.md, compiled from the page: it keeps the contract.

#include "mase/formats/registry.h"
#include "mase/formats/testing/format_contract.h"

#include <gtest/gtest.h>

namespace mase {

FormatFamily ternaryFamily();

namespace {

TEST(AddingAFormat, ThePagesFamilyKeepsTheContract) {
  const FormatFamily family = ternaryFamily();
  for (const std::string &name : family.examples()) {
    const std::unique_ptr<Format> format = family.parse(*splitFormatName(name));
    ASSERT_TRUE(format) << name;
    EXPECT_EQ(format->name(), name);
    for (const testing_formats::ContractCheck &check : testing_formats::contractChecks()) {
      if (check.name != "TheNameComesBack") { // it is not registered
        EXPECT_EQ(check.run(*format), "") << check.name << " of " << name;
      }
    }
  }
}

} // namespace
} // namespace mase
