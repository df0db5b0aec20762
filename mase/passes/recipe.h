// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a model is quantised without training, found on text: which passes come first, and from which uniform formats a
/// search sets out.
///
/// Each recipe is run to its end, GPTQ included, and measured by the divergence from the float model on the text that
/// the passes see (mase/runtime/reference.h). Choices are made one after the other: the preparation in the first pair
/// of formats, then the pair behind that preparation (docs/passes.md has what each leaves).
#pragma once

#include "mase/passes/weights.h"
#include "mase/runtime/evaluate.h"

#include <functional>
#include <string>

namespace mase {

/// Formats of all weights and of all inputs.
struct RecipeFormats {
  const Format *weight = nullptr, *input = nullptr;
  FormatAssignment assignment(const std::vector<Slot> &slots) const;
};

struct RecipeTrial {
  std::vector<std::string> preparation;
  RecipeFormats formats;
  double divergence = 0, loss = 0; ///< nats a target, on the text that was seen, behind the preparation and GPTQ
  std::string refused;             ///< why the preparation does not apply to this model; empty: it does
};

struct PassRecipe {
  std::vector<std::string> preparation; ///< passes that keep the float function
  RecipeFormats formats;
  std::vector<RecipeTrial> trials;
};

/// The passes that a recipe ends with.
inline constexpr const char *recipeQuantizer = "gptq";

/// Pairs of the widest formats within `budget` average bits that have hardware, shared scales counted.
/// Errors  InputError: there is none.
std::vector<RecipeFormats> recipeFormats(double budget);

/// Formats of about the same bits as `start`, by increasing bits, `start` among them: what a search may exchange.
std::vector<const Format *> formatsAround(const Format &start);

/// Changes `weights` by the preparation that it chose; nothing is quantised. `pairs`: at least one. `progress` is told
/// each trial. Errors  as the passes, when not even the model as it is can be quantised.
PassRecipe chooseRecipe(Weights &weights, std::span<const WindowView> text, const Reference &reference,
                        std::span<const RecipeFormats> pairs,
                        const std::function<void(const RecipeTrial &)> &progress = {});

/// Quantises a copy of prepared weights as a recipe ends. Errors  as the pass.
Weights finishRecipe(const Weights &prepared, std::span<const WindowView> text, const FormatAssignment &assignment);

} // namespace mase
