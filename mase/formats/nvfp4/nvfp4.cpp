// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/nvfp4/nvfp4.h"

#include "mase/formats/block_format.h"
#include "mase/formats/float_element.h"

namespace mase {
namespace {

std::unique_ptr<Format> parse(const FormatName &name) {
  if (name.head != "nvfp4")
    return nullptr;
  return makeBlockFormat(name, "nvfp4", std::make_shared<FloatElement>(2, 1), {{1, 16}, "e4m3", {"e4m3", "e4m3-row"}});
}

} // namespace

FormatFamily nvfp4Family() {
  return {"nvfp4",
          "nvfp4[:RxC]",
          "e2m1 floats, an e4m3 scale for each block (1x16), one fp32 scale for the tensor",
          parse,
          [] { return std::vector<std::string>{"nvfp4"}; },
          [] {
            return std::vector<std::string>{"nvfp4/e4m3-row", "nvfp4:1x32", "nvfp4:2x8"};
          }};
}

} // namespace mase
