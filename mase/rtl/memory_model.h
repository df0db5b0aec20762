// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A memory behind an AXI4 read port, for simulations: bursts in order, with latency, bounded bandwidth and random
/// stalls.
///
/// Its outputs come from registers, as those of the hardware do. MemoryQueue is when beats come, which predictions use
/// alone; MemoryModel has the bytes too and drives a verilated model's port.
#pragma once

#include "mase/rtl/external_port.h"
#include "mase/rtl/random_rest.h"
#include "mase/rtl/verilated_models.h"

#include <deque>

namespace mase {

class MemoryQueue {
public:
  /// beatBytes  the port's width
  MemoryQueue(const MemoryTiming &timing, int64_t beatBytes);

  bool addressReady() const { return addressReady_; }
  bool dataValid() const { return dataValid_; }
  bool dataLast() const { return dataLast_; }
  /// A cycle of an interface whose other side gives these signals.
  /// beats  of the burst, if there is an address
  /// rests  what the memory may do in the next cycle: take no address, begin no beat
  void step(bool addressValid, int64_t beats, bool dataReady, bool addressRests = false, bool dataRests = false);
  /// So many cycles in which nobody asks for anything, while it is empty.
  void rest(int64_t cycles);
  /// No bursts of which a beat is still to come, or has come but was not taken.
  bool isEmpty() const { return bursts_.empty() && !dataValid_; }

private:
  struct Burst {
    int64_t from = 0, beats = 0; // the first cycle that may have a beat; those to come
  };
  MemoryTiming timing_;
  double beatBytes_, credit_ = 0;
  std::deque<Burst> bursts_;
  int64_t now_ = 0;
  bool addressReady_ = false, dataValid_ = false, dataLast_ = false;
};

/// Ports of a hardware module; it reads some, gives others.
struct AxiReadPort {
  using Port = VerilatedModel::Port;
  Port reset, addressReady, data, response, last, valid; // m_axi_aresetn, arready, rdata, rresp, rlast, rvalid
  Port addressValid, address, length, ready;             // m_axi_arvalid, araddr, arlen, rready

  /// m_axi_* of a model, which must outlive it.
  static AxiReadPort of(const VerilatedModel &model);
};

class MemoryModel {
public:
  /// image  what the memory holds from address 0 on; beats beyond it come with DECERR
  MemoryModel(const AxiReadPort &port, const MemoryTiming &timing, std::string image, bool stalls, uint64_t seed);

  /// Sets the model's inputs for this cycle, and looks at its outputs.
  /// Errors  CheckError when they break a rule of AXI4: a burst that crosses 4 KiB, an address that changes or goes
  ///         before it is taken.
  void step();
  /// Level of ARESETn, from the next cycle on; low forgets all bursts.
  void setReset(bool low);
  /// Bursts that were asked for and have not come to their end.
  int64_t outstanding() const { return std::ssize(bursts_); }
  /// Beats that were taken so far.
  int64_t beats() const { return given_; }

private:
  void checkAddress(uint64_t address, int64_t beats);

  AxiReadPort port_;
  MemoryTiming timing_;
  std::string image_;
  MemoryQueue queue_;
  bool stalls_;
  RandomRest addressRest_, dataRest_;
  std::deque<std::pair<uint64_t, int64_t>> bursts_; // the next beat's address, beats to come
  bool waits_ = false, isLow_ = false;              // an address was not taken in the last cycle; reset
  uint64_t heldAddress_ = 0;
  int64_t heldBeats_ = 0, given_ = 0;
};

} // namespace mase
