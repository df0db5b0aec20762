// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Responses of area models in files: what models of linears and of other modules have in common.
///
/// Values are rounded to what a file holds, 9 digits.
#pragma once

#include "mase/hardware/area_model.h"
#include "mase/support/toml_document.h"

namespace mase {

/// A table `[lut]` or `[ff]`. Errors  as readAreaModel.
AreaResponse readResponse(TomlTable table, double maxError, ModelState state);

/// The same as text.
std::string responseText(const char *name, const AreaResponse &response);

/// Fits the terms' coefficients to `y`, one a sample, and cross-validates.
void fitResponse(AreaResponse &response, const std::vector<Variables> &samples, const std::vector<double> &y);

/// The lines of a file in front of its first that is no comment.
std::string headComment(const std::string &text);

} // namespace mase
