// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A plot of lines as SVG, for figures of reports: numbers from 0 along x, a logarithmic axis of powers of ten along y.
///
/// One colour and dash a line, a legend at the right. The same series give the same bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mase {

struct PlotSeries {
  std::string label;
  std::vector<std::pair<int, double>> points; // x ascending; y above 0, others are left out
};

struct LinePlot {
  std::string title, xLabel, yLabel;
  std::vector<PlotSeries> series;
};

/// A whole .svg file.
std::string toSvg(const LinePlot &plot);

} // namespace mase
