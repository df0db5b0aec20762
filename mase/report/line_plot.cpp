// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/line_plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

constexpr double left = 70, top = 40, width = 560, height = 360, legend = 16; // in pixels; a legend's line
// Eight hues that are told apart with most kinds of colour blindness (Okabe and Ito, 2008).
constexpr const char *colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                   "#e69f00", "#56b4e9", "#000000", "#8c6d1f"};
constexpr const char *dashes[] = {"none", "6 3", "2 3"};

std::string escaped(const std::string &text) {
  std::string result;
  for (char c : text)
    result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return result;
}

std::string textAt(double x, double y, const std::string &anchor, const std::string &text,
                   const std::string &more = {}) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                     escaped(text));
}

struct Range {
  int mostX = 1, leastPower = 0, mostPower = 1;
};

Range rangeOf(const std::vector<PlotSeries> &series) {
  Range range = {1, 400, -400};
  for (const PlotSeries &one : series)
    for (const auto &[x, y] : one.points)
      if (y > 0) {
        range.mostX = std::max(range.mostX, x);
        range.leastPower = std::min(range.leastPower, static_cast<int>(std::floor(std::log10(y))));
        range.mostPower = std::max(range.mostPower, static_cast<int>(std::floor(std::log10(y))) + 1);
      }
  return range.leastPower > range.mostPower ? Range{} : range;
}

} // namespace

std::string toSvg(const LinePlot &plot) {
  const Range range = rangeOf(plot.series);
  const auto xOf = [&](int x) { return left + width * x / range.mostX; };
  const auto yOf = [&](double power) {
    return top + height * (range.mostPower - power) / (range.mostPower - range.leastPower);
  };
  const double whole = std::max(top + height + 50, top + legend * static_cast<double>(plot.series.size()) + 10);
  std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"{0:.0f}\" "
                                "viewBox=\"0 0 900 {0:.0f}\" font-family=\"sans-serif\" font-size=\"12\">\n"
                                "<rect width=\"900\" height=\"{0:.0f}\" fill=\"white\"/>\n",
                                whole);
  svg += textAt(left + width / 2, 22, "middle", plot.title, " font-size=\"15\"");
  svg += textAt(left + width / 2, top + height + 40, "middle", plot.xLabel);
  svg += textAt(18, top + height / 2, "middle", plot.yLabel,
                fmt::format(" transform=\"rotate(-90 18 {:.1f})\"", top + height / 2));
  for (int power = range.leastPower; power <= range.mostPower; ++power) {
    svg += fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}\" stroke=\"#ddd\"/>\n", left, yOf(power), width);
    svg += textAt(left - 6, yOf(power) + 4, "end", fmt::format("1e{}", power));
  }
  const int stepX = std::max(1, (range.mostX + 11) / 12);
  for (int x = 0; x <= range.mostX; x += stepX)
    svg += textAt(xOf(x), top + height + 18, "middle", std::to_string(x));
  svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#444\"/>\n", left, top,
                     width, height);
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const std::string style =
        fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" stroke-dasharray=\"{}\"",
                    colours[i % std::size(colours)], dashes[i / std::size(colours) % std::size(dashes)]);
    std::string line;
    for (const auto &[x, y] : plot.series[i].points)
      if (y > 0)
        line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", xOf(x), yOf(std::log10(y)));
    if (!line.empty())
      svg += fmt::format("<path d=\"{}\" {}/>\n", line, style);
    const double y = top + legend * static_cast<double>(i) + 8;
    svg += fmt::format("<path d=\"M{:.1f} {:.1f}h24\" {}/>\n", left + width + 14, y, style);
    svg += textAt(left + width + 44, y + 4, "start", plot.series[i].label);
  }
  return svg + "</svg>\n";
}

} // namespace mase
