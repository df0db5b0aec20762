// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"
#include "tools/mase/train.h"

#include "mase/support/error.h"
#include "mase/support/nearest_name.h"
#include "mase/support/one_line.h"
#include "mase/support/parallel.h"

#include <charconv>
#include <fmt/format.h>
#include <iostream>

namespace mase::cli {

CLI::App *addCommand(CLI::App &app, const char *name, const char *summary,
                     std::initializer_list<const char *> examples) {
  CLI::App *command = app.add_subcommand(name, summary);
  std::string footer = "Examples:";
  for (const char *example : examples)
    footer += fmt::format("\n  {}", example);
  command->footer(footer);
  return command;
}

void print(const Json &json) { std::cout << json.dump(2) << '\n'; }

std::vector<int32_t> parseIds(const std::string &text, const char *option) {
  std::vector<int32_t> ids;
  const char *at = text.data(), *end = at + text.size();
  while (at != end) {
    int32_t id = -1;
    const auto [next, error] = std::from_chars(at, end, id);
    if (error != std::errc() || id < 0 || (next != end && (*next != ',' || next + 1 == end)))
      fail("{}: '{}' is not a list of token ids (1,2,3)", option, text);
    ids.push_back(id);
    at = next == end ? end : next + 1;
  }
  if (ids.empty())
    fail("{}: the list is empty (1,2,3)", option);
  return ids;
}

/// What is missing on the command line; a command that does not exist leaves none.
static std::string missing(const CLI::App &app, const CLI::RequiredError &error) {
  const std::vector<std::string> rest = app.remaining();
  if (!app.get_subcommands().empty() || rest.empty())
    return fmt::format("{} (see mase --help)", error.what());
  std::vector<std::string> names;
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
    names.push_back(command->get_name());
  return fmt::format("command '{}' does not exist ({})", rest.front(), nameHint(rest.front(), names));
}

} // namespace mase::cli

namespace {

// One line, whatever the message holds: scripts read it line by line.
int complain(std::string_view text, int status) {
  fmt::print(stderr, "mase: error: {}\n", mase::oneLine(text));
  return status;
}

} // namespace

int main(int argc, char **argv) {
  using namespace mase;
  CLI::App app{"MASE: from a language model to a verified accelerator in microscaling formats", "mase"};
  app.set_version_flag("--version", "mase 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();
  int threadCount = 0;
  app.add_option("--threads", threadCount, "Threads to use (default: all); results do not depend on it")
      ->check(CLI::Range(0, 4096));
  app.parse_complete_callback([&] { setThreads(threadCount); });
  for (auto add : {cli::addCompile, cli::addImport,   cli::addQuantize, cli::addExport,         cli::addCalibrate,
                   cli::addEval,    cli::addOptimize, cli::addSearch,   cli::addTrain,          cli::addProfile,
                   cli::addMap,     cli::addEmit,     cli::addSimulate, cli::addSynth,          cli::addGenerate,
                   cli::addLogits,  cli::addTokenize, cli::addCast,     cli::addFormatsCommand, cli::addLists})
    add(app);
  try {
    app.parse(argc, argv);
    std::cout.flush();
    if (!std::cout)
      return complain("standard output: cannot be written", 2);
  } catch (const CLI::Success &help) {
    return app.exit(help);
  } catch (const CLI::RequiredError &error) {
    return complain(cli::missing(app, error), 2);
  } catch (const CLI::ParseError &error) {
    return complain(fmt::format("{} (see mase --help)", error.what()), 2);
  } catch (const CheckError &error) {
    return complain(error.what(), 1);
  } catch (const std::exception &error) {
    return complain(error.what(), 2);
  }
  return 0;
}
