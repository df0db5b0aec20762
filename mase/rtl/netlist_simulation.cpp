// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/netlist_simulation.h"

#include "mase/rtl/external_text.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/temporary_folder.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fmt/ranges.h>
#include <map>

namespace fs = std::filesystem;

namespace mase {
namespace {

size_t portBytes(int64_t bits) {
  return static_cast<size_t>(bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : bits <= 64 ? 8 : (bits + 31) / 32 * 4);
}

void set(const VerilatedModel::Port &port, int64_t value) { std::memcpy(port.data, &value, port.bytes); }
bool isHigh(const VerilatedModel::Port &port) { return *port.data != 0; }
/// A stream without a FIFO, in one cycle.
void count(StreamCounts &counts, bool valid, bool ready) {
  counts.moved += valid && ready ? 1 : 0;
  counts.stalled += valid && !ready ? 1 : 0;
  counts.starved += ready && !valid ? 1 : 0;
}
void copy(const VerilatedModel::Port &port, const Beat &beat) { std::memcpy(port.data, beat.data(), beat.size()); }

} // namespace

Beat beatOf(const std::string &hexadecimal, int64_t bits) {
  Beat beat(portBytes(bits));
  for (size_t i = 0; i < hexadecimal.size(); ++i) {
    const char c = hexadecimal[hexadecimal.size() - 1 - i];
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    if (i / 2 < beat.size())
      beat[i / 2] |= static_cast<uint8_t>(digit << i % 2 * 4);
  }
  return beat;
}

NetlistSimulation::NetlistSimulation(const Netlist &netlist, const VerilatedLibrary &library,
                                     const SimulationStalls &stalls, Tap tap, const fs::path &files)
    : netlist_(netlist), stalls_(stalls), tap_(std::move(tap)) {
  uint64_t seed = stalls.seed * 100000;
  makeModels(library, files);
  makeExternal(library, files);
  std::map<std::pair<int, size_t>, size_t> outputs, inputs;
  for (int i = 0; i < static_cast<int>(netlist.instances.size()); ++i) {
    const NetInstance &instance = netlist.instances[static_cast<size_t>(i)];
    for (size_t o = 0; o < instance.module.results.size(); ++o) {
      outputs[{i, o}] = outputs_.size();
      outputs_.push_back({i, o, stream(i, instance.module.results[o].name, false), {}, RandomRest(++seed), {}});
    }
    for (size_t k = 0; k < instance.inputs(); ++k)
      inputs[{i, k}] = 0;
    if (const auto &words = instance.module.words) {
      Words memory = {stream(i, words->port, true), {}, {}, 0, false, RandomRest(++seed)};
      if (external_ >= 0 && netlist.isExternal(i))
        memory.from = stream(external_, externalStream(instance), false);
      else if (instance.wordsFrom >= 0)
        memory.from = stream(instance.wordsFrom,
                             netlist.instances[static_cast<size_t>(instance.wordsFrom)].module.gives->port, false);
      else
        for (const std::string &word : words->words)
          memory.words.push_back(beatOf(word, words->bits));
      words_.push_back(std::move(memory));
    }
    const VerilatedModel &model = models_[static_cast<size_t>(i)];
    for (const HardwareConstant &constant : instance.module.constants)
      set(model.port(constant.port), constant.value & ((int64_t{1} << constant.bits) - 1));
    clocks_.emplace_back(model.port("clk_i"), model.port("rst_i"));
  }
  for (const NetChannel &net : netlist.channels) {
    const NetInstance &to = netlist.instances[static_cast<size_t>(net.to)];
    outputs_[outputs.at({net.from, net.output})].channels.push_back(channels_.size());
    inputs.erase({net.to, net.input});
    channels_.push_back({net,
                         outputs_[outputs.at({net.from, net.output})].from,
                         stream(net.to, to.input(net.input).name, true),
                         {},
                         {},
                         false,
                         RandomRest(++seed),
                         {}});
  }
  for (const auto &[port, unused] : inputs)
    inputs_.push_back(
        {port.first,
         port.second,
         stream(port.first, netlist.instances[static_cast<size_t>(port.first)].input(port.second).name, true),
         {},
         false,
         RandomRest(++seed),
         {}});
  if (external_ >= 0)
    clocks_.emplace_back(models_.back().port("clk_i"), models_.back().port("rst_i"));
  if (memory_)
    memory_->setReset(true);
  uint64_t portSeed = stalls.seed * 100000 + 50000; // whatever the design is made of
  for (FreeInput &input : inputs_)
    input.rest = RandomRest(++portSeed);
  for (Output &output : outputs_)
    if (isResult(output))
      output.rest = RandomRest(++portSeed);
  reset();
}

void NetlistSimulation::makeModels(const VerilatedLibrary &library, const fs::path &files) {
  // Memories read their files, by names relative to the design's folder, when they are first evaluated.
  const TemporaryFolder folder("mase-simulation");
  for (const NetInstance &instance : netlist_.instances)
    if (const auto &file = instance.module.file; file && files.empty())
      writeFile(folder.path() / memoryFile(instance.module), fmt::format("{}\n", fmt::join(file->words, "\n")));
  const fs::path before = fs::current_path();
  fs::current_path(files.empty() ? folder.path() : files);
  for (const NetInstance &instance : netlist_.instances) {
    models_.push_back(library.make(instance.module.kind));
    models_.back().eval();
  }
  fs::current_path(before);
}

void NetlistSimulation::makeExternal(const VerilatedLibrary &library, const fs::path &files) {
  const ExternalPort &port = netlist_.external;
  std::string image;
  size_t at = models_.size();
  if (!port.instances.empty()) {
    external_ = static_cast<int>(at);
    models_.push_back(library.make(port.module));
    image = externalImage(netlist_);
  } else { // a top level
    for (size_t i = 0; i < netlist_.instances.size(); ++i)
      if (!netlist_.instances[i].module.wires.empty())
        at = i;
    if (at == models_.size())
      return;
    image = readTextFile(files / externalFile);
  }
  memoryError_ = models_[at].port("memory_error_o");
  memory_.emplace(AxiReadPort::of(models_[at]), port.memory, std::move(image), stalls_.enabled,
                  stalls_.seed * 100000 - 2);
}

NetlistSimulation::Stream NetlistSimulation::stream(int instance, const std::string &port, bool isInput) {
  const VerilatedModel &model = models_[static_cast<size_t>(instance)];
  const std::string with = isInput ? "i" : "o", against = isInput ? "o" : "i";
  return {model.port(port + "_data_" + with), model.port(port + "_valid_" + with),
          model.port(port + "_ready_" + against)};
}

void NetlistSimulation::reset() {
  for (Channel &channel : channels_)
    channel.beats.clear(), channel.head.reset(), channel.offered = false, channel.counts = {}, set(channel.to.valid, 0);
  for (FreeInput &input : inputs_)
    input.beats.clear(), input.offered = false, input.counts = {}, set(input.to.valid, 0);
  for (Words &words : words_) {
    words.next = 0, words.offered = false, set(words.to.valid, 0);
    if (words.from)
      set(words.from->ready, 0);
  }
  for (Output &output : outputs_)
    output.counts = {}, set(output.from.ready, 0);
  for (const auto &[clk, rst] : clocks_)
    *rst.data = 1;
  for (int i = 0; i < 3; ++i) {
    if (memory_)
      memory_->step(); // bursts that are asked for go on coming
    clock();
  }
  if (memory_)
    memory_->setReset(false); // later resets leave the interface alone
  for (const auto &[clk, rst] : clocks_)
    *rst.data = 0;
  cycle_ = 0;
  wordsReady_ = false;
}

void NetlistSimulation::feed(int instance, size_t input, Beat beat) {
  for (FreeInput &free : inputs_)
    if (free.instance == instance && free.input == input) {
      free.beats.push_back(std::move(beat));
      return;
    }
}

bool NetlistSimulation::moveOutput(Output &output) {
  const Stream &from = output.from;
  const bool valid = *from.valid.data != 0;
  bool ready = true, moved = false;
  if (output.channels.empty()) {
    ready = !(isResult(output) ? portRests(output.rest) : rests(output.rest));
    count(output.counts, valid, ready);
  }
  for (size_t c : output.channels) {
    Channel &channel = channels_[c];
    if (channel.net.depth == 0) { // wires: the only reader
      channel.offered = valid && (channel.offered || !rests(channel.rest));
      ready = channel.offered && *channel.to.ready.data != 0;
      if (channel.offered)
        std::memcpy(channel.to.data.data, from.data.data, from.data.bytes);
      set(channel.to.valid, channel.offered ? 1 : 0);
      channel.counts.moved += ready ? 1 : 0;
      channel.counts.stalled += valid && !ready ? 1 : 0;
      channel.counts.starved += isHigh(channel.to.ready) && !channel.offered ? 1 : 0;
    } else {
      const bool room = static_cast<int64_t>(channel.beats.size()) < channel.net.depth;
      ready = ready && room;
      channel.counts.stalled += valid && !room ? 1 : 0;
    }
  }
  for (size_t c : output.channels) {
    Channel &channel = channels_[c];
    if (channel.net.depth == 0) {
      channel.offered = channel.offered && !ready;
      continue;
    }
    moved = moveHead(channel) || moved;
    if (valid && ready)
      channel.beats.emplace_back(from.data.data, from.data.data + from.data.bytes);
  }
  set(from.ready, ready ? 1 : 0);
  if (valid && ready && tap_)
    tap_(output.instance, output.output, from.data.data);
  return moved || (valid && ready);
}

bool NetlistSimulation::moveHead(Channel &channel) {
  channel.offered = channel.head && (channel.offered || !rests(channel.rest));
  set(channel.to.valid, channel.offered ? 1 : 0);
  bool taken = false;
  if (channel.offered) {
    copy(channel.to.data, *channel.head);
    taken = isHigh(channel.to.ready);
  }
  channel.counts.moved += taken ? 1 : 0;
  channel.counts.starved += isHigh(channel.to.ready) && !channel.offered ? 1 : 0;
  if (taken || !channel.head) {
    channel.offered = false;
    channel.head.reset();
    if (!channel.beats.empty()) {
      channel.head = std::move(channel.beats.front());
      channel.beats.pop_front();
    }
  }
  return taken;
}

bool NetlistSimulation::moveInput(FreeInput &input) {
  input.offered = !input.beats.empty() && (input.offered || !portRests(input.rest));
  set(input.to.valid, input.offered ? 1 : 0);
  count(input.counts, input.offered, isHigh(input.to.ready));
  if (!input.offered)
    return false;
  copy(input.to.data, input.beats.front());
  if (*input.to.ready.data == 0)
    return false;
  input.beats.pop_front();
  input.offered = false;
  return true;
}

void NetlistSimulation::moveStream(Words &words) {
  Stream &from = *words.from;
  words.offered = *from.valid.data != 0 && (words.offered || !rests(words.rest));
  set(words.to.valid, words.offered ? 1 : 0);
  if (words.offered)
    std::memcpy(words.to.data.data, from.data.data, from.data.bytes);
  const bool taken = words.offered && *words.to.ready.data != 0;
  set(from.ready, taken ? 1 : 0);
  words.offered = words.offered && !taken;
}

void NetlistSimulation::moveWords(Words &words) {
  if (words.from)
    return moveStream(words);
  words.offered = wordsReady_ && (words.offered || !rests(words.rest));
  set(words.to.valid, words.offered ? 1 : 0);
  if (!words.offered)
    return;
  copy(words.to.data, words.words[words.next]);
  if (*words.to.ready.data != 0) {
    words.next = words.next + 1 == words.words.size() ? 0 : words.next + 1;
    words.offered = false;
  }
}

bool NetlistSimulation::step() {
  bool moved = false;
  for (Output &output : outputs_)
    moved = moveOutput(output) || moved;
  for (FreeInput &input : inputs_)
    moved = moveInput(input) || moved;
  for (Words &words : words_)
    moveWords(words);
  if (memory_)
    memory_->step();
  clock();
  wordsReady_ = true;
  ++cycle_;
  return moved;
}

void NetlistSimulation::clock() {
  for (size_t i = 0; i < models_.size(); ++i)
    for (uint8_t level : {1, 0}) {
      *clocks_[i].first.data = level;
      models_[i].eval();
    }
}

const StreamCounts &NetlistSimulation::countsIn() const {
  return std::find_if(inputs_.begin(), inputs_.end(),
                      [](const FreeInput &input) { return input.instance == 0 && input.input == 0; })
      ->counts;
}
const StreamCounts &NetlistSimulation::countsOut() const {
  return std::find_if(outputs_.begin(), outputs_.end(), [&](const Output &output) { return isResult(output); })->counts;
}

std::string NetlistSimulation::waiting() const {
  std::string text;
  for (const Channel &channel : channels_) {
    const bool full = channel.net.depth > 0 && static_cast<int64_t>(channel.beats.size()) >= channel.net.depth;
    const bool blocked = *channel.from.valid.data != 0 && (channel.net.depth == 0 || full);
    const bool starved = *channel.to.ready.data != 0 && !channel.head && *channel.from.valid.data == 0;
    if (!blocked && !starved)
      continue;
    text += fmt::format("{}{} -> {}: {} ({} of {} beats)", text.empty() ? "" : "; ",
                        netlist_.instances[static_cast<size_t>(channel.net.from)].name,
                        netlist_.instances[static_cast<size_t>(channel.net.to)].name, blocked ? "full" : "empty",
                        channel.beats.size(), channel.net.depth);
  }
  return text;
}

} // namespace mase
