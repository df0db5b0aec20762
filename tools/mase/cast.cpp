// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/formats/registry.h"
#include "mase/frontend/npy.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <cmath>
#include <fmt/format.h>

namespace mase::cli {
namespace {

struct Difference {
  double largest = 0, sqnr = 0; // SQNR in decibels; infinite when nothing changed
};

Difference differenceOf(const std::vector<float> &x, const std::vector<float> &y) {
  double signal = 0, noise = 0;
  Difference result;
  for (size_t i = 0; i < x.size(); ++i) {
    const double error = static_cast<double>(y[i]) - x[i];
    if (!std::isfinite(error))
      continue;
    signal += static_cast<double>(x[i]) * x[i];
    noise += error * error;
    result.largest = std::max(result.largest, std::fabs(error));
  }
  result.sqnr = 10 * std::log10(signal / noise);
  return result;
}

} // namespace

void addCast(CLI::App &app) {
  CLI::App *command = addCommand(app, "cast", "Quantises a tensor and writes the values that are left",
                                 {"mase cast models/activations.npy --format mxfp4 -o out/mxfp4.npy",
                                  "mase cast models/activations.npy --format 'bmf<4,3>:16x2/e5' --rounding mx-ext -o "
                                  "out/bmf.npy --json"});
  struct Options {
    std::string input, output, format, rounding;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("X", o->input, "A .npy file of float32; its last dimension is that of the blocks' columns")
      ->required();
  command->add_option("--format", o->format, "Any format, as in mxint4:16x2")->required();
  command->add_option("--rounding", o->rounding, "In place of @ROUNDING at the end of the format: ocp, mx-cpu, ...");
  command->add_option("-o,--output", o->output, "The .npy file to write")->required();
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    if (!o->rounding.empty() && o->format.find('@') != std::string::npos)
      fail("--rounding is given, and format '{}' has one, too (one of them says it)", o->format);
    const Format &format = parseFormat(o->rounding.empty() ? o->format : o->format + "@" + o->rounding);
    NpyArray array = readNpy(o->input);
    const std::vector<float> x = array.values;
    const int64_t cols = array.shape.empty() ? 1 : array.shape.back();
    const int64_t rows = cols == 0 ? 0 : static_cast<int64_t>(x.size()) / cols;
    format.fakeQuantize({x.data(), rows, cols}, {array.values.data(), rows, cols});
    writeFile(o->output, npyBytes(array));
    const Difference difference = differenceOf(x, array.values);
    if (o->json)
      return print({{"format", format.name()},
                    {"elements", x.size()},
                    {"bits", format.bitsPerElement()},
                    {"sqnr", std::isfinite(difference.sqnr) ? Json(difference.sqnr) : Json()},
                    {"largest_error", difference.largest}});
    fmt::print("{} elements to {}: {:.4g} bits each, SQNR {:.2f} dB, largest error {:.4g}\n", x.size(), format.name(),
               format.bitsPerElement(), difference.sqnr, difference.largest);
  });
}

} // namespace mase::cli
