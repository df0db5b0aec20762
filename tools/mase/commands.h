// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The subcommands of `mase`, one file each. A command's function adds itself, its options and its two examples to the
/// program; the work runs in its callback, which throws InputError (exit 2) or CheckError (exit 1).
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace mase::cli {

using Json = nlohmann::ordered_json;

void addCompile(CLI::App &app);
void addImport(CLI::App &app);
void addQuantize(CLI::App &app);
void addExport(CLI::App &app);
void addCalibrate(CLI::App &app);
void addEval(CLI::App &app);
void addOptimize(CLI::App &app);
void addSearch(CLI::App &app);
void addProfile(CLI::App &app);
void addMap(CLI::App &app);
void addEmit(CLI::App &app);
void addSimulate(CLI::App &app);
void addSynth(CLI::App &app);
void addGenerate(CLI::App &app);
void addLogits(CLI::App &app);
void addTokenize(CLI::App &app);
void addCast(CLI::App &app);
void addFormatsCommand(CLI::App &app);
void addCompare(CLI::App &formats); // formats compare
void addLists(CLI::App &app);       // ops, devices

/// A subcommand whose help ends with `examples`, two command lines that work from the project's root.
CLI::App *addCommand(CLI::App &app, const char *name, const char *summary,
                     std::initializer_list<const char *> examples);

/// Prints one JSON object and nothing else.
void print(const Json &json);

/// "1,2,3" -> {1, 2, 3}. Errors: InputError, which starts with the option's name.
std::vector<int32_t> parseIds(const std::string &text, const char *option = "--ids");

} // namespace mase::cli
