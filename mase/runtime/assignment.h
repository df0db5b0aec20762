// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Slots and assignments: which tensor of a model has which format.
///
/// A model's linears are numbered in execution order; linear i owns slot 2i, its weight, and slot 2i + 1, its input.
/// The order never changes for one model, so an assignment is a plain array and a search trial touches nothing else.
/// Edges whose formats are searched, too, have slots of the third role behind those (edge_space.h).
#pragma once

#include "mase/formats/format.h"

#include <string>
#include <vector>

namespace mase {

enum class Role { weight, input, output };

/// "weight", "input" or "output", as formats.toml writes it.
const char *nameOf(Role role);

struct Slot {
  std::string module; // as Hugging Face has it: "model.layers.0.self_attn.q_proj", "lm_head"
  std::string kind;   // last component of the module: "q_proj"
  int layer = -1;     // index of the decoder layer, -1 outside of them
  Role role = Role::weight;
  int64_t elements = 0; // weight: elements of the matrix; input: elements a token
  /// "model.layers.0.self_attn.q_proj.weight": unique within a model.
  std::string name() const;
};

using FormatAssignment = std::vector<const Format *>;

/// `format` for every weight, and for every input with one scale a row where it has one for the tensor, which is not
/// known before the last token (law 3 of docs/design.md).
FormatAssignment uniformAssignment(const std::vector<Slot> &slots, const Format &format);

/// The average bits an element, shared scales included. `weights` counts every weight element once; `activations`
/// counts every linear's input elements of one token, a shared input once for each reader, and every searched edge's;
/// `all` is the mean of the two, so that neither the many weights nor the few activations of a token hide the other
/// (docs/search.md).
struct AverageBits {
  double weights = 0, activations = 0, all = 0;
};
AverageBits averageBits(const std::vector<Slot> &slots, const FormatAssignment &assignment);

/// How much one bit more in slot i adds to `all`: elements / (2 x the elements of all slots of its role).
std::vector<double> shareOfAverage(const std::vector<Slot> &slots);

} // namespace mase
