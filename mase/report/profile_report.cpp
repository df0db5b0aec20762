// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/report/profile_report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mase {
namespace {

double shareOfOutliers(const TensorProfile &tensor) {
  return tensor.moments.count > 0 ? static_cast<double>(tensor.outliers) / static_cast<double>(tensor.moments.count)
                                  : 0;
}

double largest(const TensorProfile &tensor) {
  return std::max(std::fabs(tensor.moments.least), std::fabs(tensor.moments.greatest));
}

/// Tensors of one kind, in the order in which kinds appear.
struct Kind {
  std::string name;
  bool weight;
  std::vector<const TensorProfile *> tensors;
};

std::vector<Kind> kindsOf(const std::vector<TensorProfile> &tensors) {
  std::vector<Kind> kinds;
  for (const TensorProfile &tensor : tensors) {
    auto known = std::find_if(kinds.begin(), kinds.end(), [&](const Kind &kind) {
      return kind.name == tensor.kind && kind.weight == tensor.weight &&
             (kind.tensors.front()->layer < 0) == (tensor.layer < 0);
    });
    if (known == kinds.end())
      known = kinds.insert(kinds.end(), {tensor.kind, tensor.weight, {}});
    known->tensors.push_back(&tensor);
  }
  return kinds;
}

} // namespace

nlohmann::ordered_json profileJson(const std::string &model, int64_t tokens,
                                   const std::vector<TensorProfile> &tensors) {
  nlohmann::ordered_json json = {{"model", model}, {"tokens", tokens}};
  for (const TensorProfile &tensor : tensors) {
    nlohmann::ordered_json one = {
        {"name", tensor.name},
        {"kind", tensor.kind},
        {"layer", tensor.layer < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(tensor.layer)},
        {"role", tensor.weight ? "weight" : "activation"},
        {"elements", tensor.moments.count},
        {"least", tensor.moments.least},
        {"greatest", tensor.moments.greatest},
        {"mean", tensor.moments.mean},
        {"variance", tensor.moments.variance()},
        {"kurtosis", tensor.moments.kurtosis()},
        {"outliers", shareOfOutliers(tensor)},
        {"channels", tensor.channels},
        {"outlier_channels", nlohmann::ordered_json::array()}};
    for (const OutlierChannel &channel : tensor.channelsOut)
      one["outlier_channels"].push_back({{"channel", channel.channel}, {"rms", channel.rms}});
    json["tensors"].push_back(std::move(one));
  }
  return json;
}

LinePlot variancePlot(const std::string &model, bool weights, const std::vector<TensorProfile> &tensors) {
  LinePlot plot = {
      fmt::format("{}: variance of {} by layer", model, weights ? "weights" : "activations"), "layer", "variance", {}};
  for (const Kind &kind : kindsOf(tensors)) {
    if (kind.weight != weights || kind.tensors.front()->layer < 0)
      continue;
    PlotSeries series = {kind.name, {}};
    for (const TensorProfile *tensor : kind.tensors)
      series.points.emplace_back(tensor->layer, tensor->moments.variance());
    plot.series.push_back(std::move(series));
  }
  return plot;
}

std::string profileText(const std::vector<TensorProfile> &tensors) {
  std::string text = fmt::format("{:<44} {:>7} {:>10} {:>22} {:>10} {:>9} {:>8}\n", "", "tensors", "largest",
                                 "variance, by layer", "kurtosis", "outliers", "channels");
  for (const bool weights : {true, false}) {
    text += weights ? "weights\n" : "activations\n";
    for (const Kind &kind : kindsOf(tensors)) {
      if (kind.weight != weights)
        continue;
      double most = 0, kurtosis = 0, outliers = 0, least = HUGE_VAL, greatest = 0;
      size_t channels = 0;
      for (const TensorProfile *tensor : kind.tensors) {
        most = std::max(most, largest(*tensor)), kurtosis = std::max(kurtosis, tensor->moments.kurtosis());
        outliers = std::max(outliers, shareOfOutliers(*tensor));
        least = std::min(least, tensor->moments.variance());
        greatest = std::max(greatest, tensor->moments.variance());
        channels = std::max(channels, tensor->channelsOut.size());
      }
      text += fmt::format("  {:<42} {:>7} {:>10.3g} {:>22} {:>10.3g} {:>8.3f}% {:>8}\n", kind.name, kind.tensors.size(),
                          most, fmt::format("{:.2g} to {:.2g}", least, greatest), kurtosis, 100 * outliers, channels);
    }
  }
  return text;
}

} // namespace mase
