// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/timing_json.h"

namespace mase {

using Json = nlohmann::ordered_json;

Json toJson(const ModuleTiming &timing) {
  Json json = {{"inputs", Json::array()}, {"phases", Json::array()}};
  for (const InputTiming &input : timing.inputs)
    json["inputs"].push_back({input.slots, input.unit, static_cast<int>(input.use), input.grows ? 1 : 0, input.opener,
                              input.opening, input.unitsOfOpener, input.waitsForFirst ? 1 : 0});
  for (const WorkPhase &phase : timing.phases)
    json["phases"].push_back({phase.repeat, static_cast<int>(phase.growth), phase.ticks, static_cast<int>(phase.gives),
                              phase.takes, phase.free ? 1 : 0});
  json["row"] = {timing.jobs, timing.loops, timing.keys, timing.block};
  json["stages"] = timing.stages;
  json["queue"] = {timing.queue.capacity, timing.queue.block, timing.queue.delay, timing.queue.registers};
  json["passes"] = static_cast<int>(timing.passes);
  json["whole"] = timing.whole ? 1 : 0;
  return json;
}

ModuleTiming timingOf(const Json &json) {
  ModuleTiming timing;
  for (const Json &input : json.at("inputs"))
    timing.inputs.push_back({.slots = input.at(0),
                             .unit = input.at(1),
                             .use = static_cast<InputTiming::Use>(input.at(2).get<int>()),
                             .grows = input.at(3) == 1,
                             .opener = input.at(4),
                             .opening = input.at(5),
                             .unitsOfOpener = input.at(6),
                             .waitsForFirst = input.at(7) == 1});
  for (const Json &phase : json.at("phases"))
    timing.phases.push_back({.repeat = phase.at(0),
                             .growth = static_cast<WorkPhase::Growth>(phase.at(1).get<int>()),
                             .ticks = phase.at(2),
                             .gives = static_cast<WorkPhase::Gives>(phase.at(3).get<int>()),
                             .takes = phase.at(4),
                             .free = phase.at(5) == 1});
  const Json &row = json.at("row"), &queue = json.at("queue");
  timing.jobs = row.at(0), timing.loops = row.at(1), timing.keys = row.at(2), timing.block = row.at(3);
  timing.stages = json.at("stages");
  timing.queue = {.capacity = queue.at(0), .block = queue.at(1), .delay = queue.at(2), .registers = queue.at(3)};
  timing.passes = static_cast<ModuleTiming::Passes>(json.at("passes").get<int>());
  timing.whole = json.at("whole") == 1;
  return timing;
}

} // namespace mase
