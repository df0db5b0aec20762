// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// formats.toml: which tensor of a model has which format, and in a search's space, which ones it may have.
///
///     "layers.*.mlp.down_proj" = { weight = "mxint4", input = "mxint6" }
///     "lm_head" = { input = "mxint8" }
///     "*" = { weight = "mxint4", input = "mxint4" }
///
/// A key is a pattern over module names as Hugging Face has them: it matches the whole name, or the name without a
/// leading "model."; `*` matches any run of characters, none included. Rules count in the order of the file: a tensor
/// has the format of the first rule that matches its module and speaks of it (`weight`, `input`), so the second rule
/// above leaves lm_head's weight to the third. `output` is the format of an edge in hardware, `table` that of a table
/// which is looked up: they speak of edges, by the names of edges.h. A space gives lists: `weight = ["mxint2",
/// "mxint3"]`; a plain name stands for a list of one.
///
/// Errors  InputError, as FILE:LINE:COLUMN, for text that is not TOML, an unknown key, a value of the wrong type, an
///         unknown format, a pattern that matches no module; and for a tensor that no rule speaks of.
#pragma once

#include "mase/runtime/assignment.h"

#include <filesystem>
#include <span>
#include <string_view>

namespace mase {

/// Formats as one rule gives them for one role: none, one, or a list to choose from.
using FormatChoices = std::vector<const Format *>;

struct FormatRule {
  std::string pattern;
  FormatChoices weight, input, output, table;
  std::string position; // "FILE:LINE:COLUMN" of the pattern
};

struct FormatConfig {
  std::string file;
  std::vector<FormatRule> rules; // in the order of the file
};

/// Whether `pattern` matches `module`, as the head of this file says.
bool matchesModule(std::string_view pattern, std::string_view module);

/// Formats of activations with one scale for the tensor: no such file is right, but where their scales are about to be
/// found (calibrate.h).
enum class TensorScales { refuse, keep };

/// `file` is for error messages.
FormatConfig parseFormatConfig(std::string_view text, const std::string &file,
                               TensorScales tensorScales = TensorScales::refuse);
FormatConfig readFormatConfig(const std::filesystem::path &file, TensorScales tensorScales = TensorScales::refuse);

/// The format of every slot. A list of several formats is an error here.
FormatAssignment resolve(const FormatConfig &config, const std::vector<Slot> &slots);
/// The formats that every slot may have, in the file's order, without duplicates.
std::vector<FormatChoices> resolveSpace(const FormatConfig &config, const std::vector<Slot> &slots);

/// What the first rule that speaks of it says is behind each linear (slots 2i and 2i + 1); null where none does.
std::vector<const Format *> linearOutputs(const FormatConfig &config, const std::vector<Slot> &slots);

/// The text of a formats.toml that resolves to `assignment`: one line a module. `outputs` are as above, or empty.
std::string writeFormatConfig(const FormatAssignment &assignment, const std::vector<Slot> &slots,
                              std::span<const Format *const> outputs = {});

} // namespace mase
