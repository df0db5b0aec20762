// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/training_report.h"

#include "mase/report/line_plot.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace mase {
namespace {

/// The mean of up to `count` losses from `first` on.
double meanOf(const std::vector<float> &losses, size_t first, size_t count) {
  const size_t last = std::min(first + count, losses.size());
  return std::accumulate(losses.begin() + static_cast<std::ptrdiff_t>(first),
                         losses.begin() + static_cast<std::ptrdiff_t>(last), 0.0) /
         static_cast<double>(last - first);
}

/// At most so many points, each the mean of its steps.
constexpr size_t points = 200;

} // namespace

nlohmann::ordered_json toJson(const TrainingReport &report) {
  nlohmann::ordered_json json = {{"recipe", report.recipe.key()}, {"steps", report.losses.size()}};
  const size_t tenth = std::max<size_t>(1, report.losses.size() / 10);
  json["first_loss"] = meanOf(report.losses, 0, tenth);
  json["last_loss"] = meanOf(report.losses, report.losses.size() - tenth, tenth);
  if (report.test)
    json["test"] = {{"float_loss", report.test->floats},
                    {"plain_loss", report.test->before},
                    {"loss", report.test->trained},
                    {"share_left", report.test->shareLeft()}};
  return json;
}

std::string toText(const TrainingReport &report) {
  const nlohmann::ordered_json json = toJson(report);
  std::string text = fmt::format("loss {:.4f} in the first tenth of the steps, {:.4f} in the last\n",
                                 json["first_loss"].get<double>(), json["last_loss"].get<double>());
  if (report.test)
    text += fmt::format(
        "on the test: loss {:.4f}; untrained {:.4f}, float {:.4f}: {:.1f} % of what the formats add is left\n",
        report.test->trained, report.test->before, report.test->floats, 100 * report.test->shareLeft());
  return text;
}

std::map<std::string, std::string> filesOf(const TrainingReport &report) {
  nlohmann::ordered_json json = toJson(report);
  json["losses"] = report.losses;
  LinePlot plot = {"Loss of training", "step", "nats a token", {{"loss", {}}}};
  const size_t each = (report.losses.size() + points - 1) / points;
  for (size_t first = 0; first < report.losses.size(); first += each)
    plot.series[0].points.emplace_back(static_cast<int>(first + 1), meanOf(report.losses, first, each));
  return {{"training.json", json.dump(2) + "\n"}, {"loss.svg", toSvg(plot)}};
}

} // namespace mase
