// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/post_processor.h"

#include "mase/support/error.h"

namespace mase {
namespace {

std::vector<int32_t> specialIds(const JsonObject &step, const std::string &name, int32_t mostId) {
  JsonObject all = step.object("special_tokens");
  JsonObject token = all.object(name.c_str());
  std::vector<int32_t> ids;
  for (const Json &id : token.array("ids")) {
    if (!id.is_number_unsigned() || id.get<uint64_t>() > static_cast<uint64_t>(mostId))
      fail("{}: {} holds {}, not a token id (0 to {})", step.file(), token.nameOf("ids"), inQuotes(id.dump()), mostId);
    ids.push_back(id.get<int32_t>());
  }
  return ids;
}

} // namespace

PostProcessor::PostProcessor(const JsonObject &tokenizer, int32_t mostId) {
  if (!tokenizer.find("post_processor"))
    return;
  JsonObject top = tokenizer.object("post_processor");
  if (top.text("type") != "Sequence")
    readStep(top, mostId);
  else
    for (const Json &step : top.array("processors"))
      readStep(JsonObject(top.file(), step, top.nameOf("processors[].")), mostId);
}

void PostProcessor::readStep(const JsonObject &step, int32_t mostId) {
  std::string type = step.text("type");
  if (type == "TemplateProcessing")
    readTemplate(step, mostId);
  else if (type == "BertProcessing" || type == "RobertaProcessing")
    readPair(step, mostId);
  else if (type != "ByteLevel")
    fail("{}: post-processor {} is not read (read: BertProcessing, ByteLevel, RobertaProcessing, Sequence, "
         "TemplateProcessing)",
         step.file(), inQuotes(type));
}

void PostProcessor::readPair(const JsonObject &step, int32_t mostId) {
  step.allowOnly({"type", "cls", "sep", "trim_offsets", "add_prefix_space"});
  const auto idOf = [&](const char *key) {
    const Json &pair = step.array(key);
    if (pair.size() != 2 || !pair[1].is_number_unsigned() || pair[1].get<uint64_t>() > static_cast<uint64_t>(mostId))
      fail("{}: {} is {}, not a token and its id", step.file(), step.nameOf(key), inQuotes(pair.dump()));
    return pair[1].get<int32_t>();
  };
  prefix.insert(prefix.begin(), idOf("cls"));
  suffix.push_back(idOf("sep"));
}

void PostProcessor::readTemplate(const JsonObject &step, int32_t mostId) {
  step.allowOnly({"type", "single", "pair", "special_tokens"});
  std::vector<int32_t> before, behind;
  int texts = 0;
  for (const Json &value : step.array("single")) {
    JsonObject piece(step.file(), value, step.nameOf("single[]."));
    if (piece.find("Sequence")) {
      ++texts;
      continue;
    }
    std::vector<int32_t> ids = specialIds(step, piece.object("SpecialToken").text("id"), mostId);
    auto &side = texts == 0 ? before : behind;
    side.insert(side.end(), ids.begin(), ids.end());
  }
  if (texts != 1)
    fail("{}: {} has {} texts (1)", step.file(), step.nameOf("single"), texts);
  prefix.insert(prefix.begin(), before.begin(), before.end());
  suffix.insert(suffix.end(), behind.begin(), behind.end());
}

} // namespace mase
