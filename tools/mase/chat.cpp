// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/chat.h"

#include "mase/frontend/chat_template/conversation.h"
#include "mase/frontend/stop_texts.h"
#include "mase/runtime/generate.h"
#include "mase/support/error.h"

#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

namespace mase::cli {
namespace {

constexpr int64_t mostContext = 4096; // keys and values of more would fill small machines

} // namespace

void chat(Model &model, const FormatAssignment &assignment, const ChatOptions &options) {
  const std::optional<ChatSource> source = model.files().chat();
  if (!source)
    fail("{}: has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json)", options.model);
  const Tokenizer &tokenizer = model.tokenizer();
  Conversation conversation(*source, tokenizer, options.system);
  GenerateOptions generating = {options.tokens, {}};
  if (!options.ignoreEos) {
    generating.stopIds = model.config().eosIds;
    if (const std::optional<int32_t> end = conversation.endOfTurn())
      generating.stopIds.push_back(*end);
  }
  const int64_t context = std::min(model.config().maxPositions, mostContext);
  Plan plan = model.plan(context);
  const bool isTerminal = isatty(STDIN_FILENO) != 0;
  std::string line;
  while ((isTerminal ? fmt::print(stderr, "> ") : void()), std::getline(std::cin, line)) {
    if (line.empty())
      continue;
    std::vector<int32_t> ids = conversation.ask(line);
    if (std::ssize(ids) >= context)
      fail("{}: the conversation has {} tokens, and no room is left for an answer ({})", options.model, ids.size(),
           context);
    StopTexts stops(options.stops);
    StreamDecoder decoder(tokenizer);
    std::string answer;
    const auto show = [&](const std::string &text) {
      answer += text;
      fmt::print("{}", text);
      std::fflush(stdout);
    };
    generate(*generator(plan, assignment, options.sampler), ids, generating, [&](const std::vector<int32_t> &soFar) {
      show(stops.push(decoder.push(soFar.back())));
      return !stops.stopped();
    });
    show(stops.push(decoder.finish()));
    show(stops.finish());
    fmt::print("\n");
    std::fflush(stdout);
    conversation.answer(answer);
  }
}

} // namespace mase::cli
