// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/recipe.h"

#include "mase/formats/registry.h"
#include "mase/passes/pass.h"
#include "mase/support/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace mase {
namespace {

/// Every preparation that is tried. Smoothing and sorted features helped no model that is shipped (docs/passes.md).
const std::vector<std::vector<std::string>> preparations = {{}, {"centre"}, {"rotate"}, {"rotate", "centre"}};

/// What weights, and what inputs are chosen from: all have hardware in the place where they stand (docs/rtl.md).
std::vector<const Format *> integers() {
  std::vector<const Format *> formats;
  for (int bits = 2; bits <= 8; ++bits)
    formats.push_back(&parseFormat(fmt::format("mxint{}", bits)));
  return formats;
}

std::vector<const Format *> with(std::vector<const Format *> formats, std::initializer_list<const char *> names) {
  for (const char *name : names)
    formats.push_back(&parseFormat(name));
  return formats;
}

std::vector<const Format *> widest(const std::vector<const Format *> &formats, double budget) {
  std::vector<const Format *> result;
  double bits = 0;
  for (const Format *format : formats)
    if (format->bitsPerElement() <= budget)
      bits = std::max(bits, format->bitsPerElement());
  for (const Format *format : formats)
    if (format->bitsPerElement() == bits)
      result.push_back(format);
  return result;
}

std::vector<std::span<const int32_t>> inputsOf(std::span<const WindowView> text) {
  std::vector<std::span<const int32_t>> windows;
  for (const WindowView &window : text)
    windows.push_back(window.inputs);
  return windows;
}

double mean(const std::vector<double> &values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

FormatAssignment RecipeFormats::assignment(const std::vector<Slot> &slots) const {
  FormatAssignment result;
  for (const Slot &slot : slots)
    result.push_back(slot.role == Role::weight ? weight : input);
  return result;
}

std::vector<RecipeFormats> recipeFormats(double budget) {
  std::vector<RecipeFormats> pairs;
  for (const Format *weight : widest(with(integers(), {"mxfp4", "nvfp4:1x32", "mxfp6_e2m3"}), budget))
    for (const Format *input : widest(with(integers(), {"mxfp4", "mxfp6_e2m3"}), budget))
      pairs.push_back({weight, input});
  if (pairs.empty())
    fail("--budget {}: no format has so few bits (at least {})", budget, integers().front()->bitsPerElement());
  return pairs;
}

std::vector<const Format *> formatsAround(const Format &start) {
  std::vector<const Format *> formats;
  for (const Format *format : integers())
    if (const int more = format->elementBits() - start.elementBits(); more != 0 && more >= -1 && more <= 2)
      formats.push_back(format);
  formats.push_back(&start);
  std::stable_sort(formats.begin(), formats.end(),
                   [](const Format *a, const Format *b) { return a->bitsPerElement() < b->bitsPerElement(); });
  return formats;
}

Weights finishRecipe(const Weights &prepared, std::span<const WindowView> text, const FormatAssignment &assignment) {
  Weights weights = prepared;
  const std::vector<std::span<const int32_t>> windows = inputsOf(text);
  parsePass(recipeQuantizer).run({weights, windows, assignment});
  return weights;
}

PassRecipe chooseRecipe(Weights &weights, std::span<const WindowView> text, const Reference &reference,
                        std::span<const RecipeFormats> pairs,
                        const std::function<void(const RecipeTrial &)> &progress) {
  const std::vector<Slot> slots = weights.plan().slots();
  const std::vector<std::span<const int32_t>> windows = inputsOf(text);
  PassRecipe recipe;
  const RecipeTrial *best = nullptr;
  recipe.trials.reserve(preparations.size() + pairs.size());
  const auto measure = [&](const Weights &prepared, RecipeTrial trial) {
    const FormatAssignment assignment = trial.formats.assignment(slots);
    const Weights finished = finishRecipe(prepared, text, assignment);
    Plan plan = finished.plan();
    const LossResult result = evaluate(plan, assignment, text, &reference);
    trial.divergence = mean(result.windowDivergences);
    trial.loss = result.loss;
    recipe.trials.push_back(std::move(trial));
    const RecipeTrial &now = recipe.trials.back();
    if (progress)
      progress(now);
    const bool better = !best || now.divergence < best->divergence;
    if (better)
      best = &now;
    return better;
  };

  Weights chosen = weights;
  for (const std::vector<std::string> &preparation : preparations) {
    Weights prepared = weights;
    RecipeTrial trial{preparation, pairs.front(), 0, 0, {}};
    const FormatAssignment assignment = trial.formats.assignment(slots);
    try {
      for (const std::string &pass : preparation)
        parsePass(pass).run({prepared, windows, assignment});
    } catch (const InputError &error) { // of a structure that this pass does not understand
      trial.refused = error.what();
      recipe.trials.push_back(trial);
      if (progress)
        progress(trial);
      continue;
    }
    if (measure(prepared, std::move(trial)))
      chosen.assign(prepared);
  }
  const std::vector<std::string> preparation = best->preparation;
  for (const RecipeFormats &pair : pairs.subspan(1))
    measure(chosen, {preparation, pair, 0, 0, {}});
  recipe.preparation = preparation;
  recipe.formats = best->formats;
  weights.assign(chosen);
  return recipe;
}

} // namespace mase
