// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Steps a netlist cycle by cycle: each instance a verilated model of its own, channels in between.
///
/// Outputs of modules come from registers alone (docs/streams.md, S2), so that what moves in a cycle is known before
/// any module is evaluated, and the order of instances does not matter. Channels behave as mase_row_fifo.sv does, or
/// are wires; words come as mase_weight_memory.sv gives them, or out of another instance, or out of the verilated port
/// of an external memory, whose model is C++ (memory_model.h). A test holds all of it against the emitted top level,
/// cycle for cycle.
#pragma once

#include "mase/rtl/memory_model.h"
#include "mase/rtl/netlist.h"
#include "mase/rtl/verilated_models.h"

#include <functional>
#include <optional>

namespace mase {

/// The bits of a beat as ports have them: bytes, lowest first, in 1, 2, 4, 8 or a multiple of 4.
using Beat = std::vector<uint8_t>;
/// From hexadecimal digits.
Beat beatOf(const std::string &hexadecimal, int64_t bits);

struct SimulationStalls {
  bool enabled = false; // at every channel, the design's own ports, the words and the memory
  uint64_t seed = 1;
  bool portsAlone = false; // at the design's own ports alone
};

/// Cycles of a stream, as the registers of an emitted top level count them (docs/streams.md, S16).
struct StreamCounts {
  int64_t moved = 0;   // the reader takes a beat
  int64_t stalled = 0; // the writer has a beat and no room
  int64_t starved = 0; // the reader would take a beat and there is none
  bool operator==(const StreamCounts &) const = default;
};

class NetlistSimulation {
public:
  /// Sees every beat that leaves an instance's output.
  using Tap = std::function<void(int instance, size_t output, const uint8_t *beat)>;

  /// Starts after reset.
  /// library  holds every kind, and the module of the external memory's port if the netlist has one
  /// files    where memories inside kinds, and an external one, find theirs; empty: they are written for them
  NetlistSimulation(const Netlist &netlist, const VerilatedLibrary &library, const SimulationStalls &stalls, Tap tap,
                    const std::filesystem::path &files = {});

  /// Adds a beat to those that wait at an input of the design.
  void feed(int instance, size_t input, Beat beat);
  /// One cycle. Returns whether anything but words moved.
  bool step();
  /// Holds reset for some cycles: all rows inside and all beats that wait are gone.
  void reset();
  int64_t cycle() const { return cycle_; }
  /// The external memory, if there is one.
  const MemoryModel *memory() const { return memory_ ? &*memory_ : nullptr; }
  /// Whether it gave a beat with an error since the last reset.
  bool memoryError() const { return memory_ && *memoryError_.data != 0; }
  /// A port of one bit of an instance: a flag.
  bool flag(int instance, const std::string &port) const {
    return *models_[static_cast<size_t>(instance)].port(port).data != 0;
  }
  /// Any port of an instance.
  VerilatedModel::Port port(int instance, const std::string &name) const {
    return models_[static_cast<size_t>(instance)].port(name);
  }
  /// Of a channel, since reset; of the first instance's first input, where tokens come in; of the last one's result.
  const StreamCounts &counts(size_t channel) const { return channels_[channel].counts; }
  const StreamCounts &countsIn() const;
  const StreamCounts &countsOut() const;
  /// Which channels wait for what: one line, of a simulation in which nothing moves any more.
  std::string waiting() const;

private:
  struct Stream {
    VerilatedModel::Port data, valid, ready;
  };
  struct Channel {
    NetChannel net;
    Stream from, to;
    std::deque<Beat> beats; // of a FIFO, but for the one in its output register
    std::optional<Beat> head;
    bool offered = false; // what is offered stays until it is taken
    RandomRest rest{1};
    StreamCounts counts;
  };
  struct FreeInput {
    int instance;
    size_t input;
    Stream to;
    std::deque<Beat> beats;
    bool offered = false;
    RandomRest rest{1};
    StreamCounts counts;
  };
  /// An output and all that read it.
  struct Output {
    int instance;
    size_t output;
    Stream from;
    std::vector<size_t> channels;
    RandomRest rest{1};
    StreamCounts counts; // of the design's own
  };
  struct Words {
    Stream to;
    std::vector<Beat> words;
    std::optional<Stream> from; // of the external memory's port or of another instance, in place of words
    size_t next = 0;
    bool offered = false;
    RandomRest rest{1};
  };

  void makeModels(const VerilatedLibrary &library, const std::filesystem::path &files);
  void makeExternal(const VerilatedLibrary &library, const std::filesystem::path &files);
  Stream stream(int instance, const std::string &port, bool isInput);
  bool rests(RandomRest &rest) { return stalls_.enabled && !stalls_.portsAlone && rest.now(); }
  bool portRests(RandomRest &rest) { return stalls_.enabled && rest.now(); }
  /// The design's own output.
  bool isResult(const Output &output) const {
    return output.instance + 1 == static_cast<int>(netlist_.instances.size()) && output.output == 0;
  }
  bool moveOutput(Output &output);
  bool moveHead(Channel &channel);
  bool moveInput(FreeInput &input);
  void moveWords(Words &words);
  void moveStream(Words &words);
  void clock();

  const Netlist &netlist_;
  SimulationStalls stalls_;
  Tap tap_;
  std::vector<VerilatedModel> models_;
  std::vector<Channel> channels_;
  std::vector<Output> outputs_;
  std::vector<FreeInput> inputs_;
  std::vector<Words> words_;
  int external_ = -1; // the model of the external memory's port; -1: none, or it is inside an instance
  std::optional<MemoryModel> memory_;
  VerilatedModel::Port memoryError_;
  std::vector<std::pair<VerilatedModel::Port, VerilatedModel::Port>> clocks_; // clk_i, rst_i
  int64_t cycle_ = 0;
  bool wordsReady_ = false;
};

} // namespace mase
