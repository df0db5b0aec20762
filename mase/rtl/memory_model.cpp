// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/memory_model.h"

#include "mase/support/error.h"

#include <algorithm>
#include <cstring>

namespace mase {
namespace {

constexpr size_t mostBursts = 32; // that wait in the memory
constexpr uint8_t decodeError = 3;

uint64_t valueOf(const VerilatedModel::Port &port) {
  uint64_t value = 0;
  std::memcpy(&value, port.data, std::min(port.bytes, sizeof value));
  return value;
}

} // namespace

MemoryQueue::MemoryQueue(const MemoryTiming &timing, int64_t beatBytes)
    : timing_(timing), beatBytes_(static_cast<double>(beatBytes)) {
  timing_.bytesPerCycle = std::min(timing_.bytesPerCycle, beatBytes_);
}

void MemoryQueue::step(bool addressValid, int64_t beats, bool dataReady, bool addressRests, bool dataRests) {
  if (addressReady_ && addressValid)
    bursts_.push_back({now_ + timing_.latency, beats});
  if (dataReady)
    dataValid_ = false;
  credit_ = std::min(credit_ + timing_.bytesPerCycle, beatBytes_ + timing_.bytesPerCycle);
  ++now_;
  if (!dataValid_ && !bursts_.empty() && bursts_.front().from <= now_ && credit_ >= beatBytes_ && !dataRests) {
    dataValid_ = true;
    dataLast_ = --bursts_.front().beats == 0;
    credit_ -= beatBytes_;
    if (dataLast_)
      bursts_.pop_front();
  }
  addressReady_ = bursts_.size() < mostBursts && !addressRests;
}

void MemoryQueue::rest(int64_t cycles) {
  now_ += cycles;
  for (; cycles > 0 && credit_ < beatBytes_ + timing_.bytesPerCycle; --cycles) // as step() adds them
    credit_ = std::min(credit_ + timing_.bytesPerCycle, beatBytes_ + timing_.bytesPerCycle);
}

AxiReadPort AxiReadPort::of(const VerilatedModel &model) {
  return {.reset = model.port("m_axi_aresetn"),
          .addressReady = model.port("m_axi_arready"),
          .data = model.port("m_axi_rdata"),
          .response = model.port("m_axi_rresp"),
          .last = model.port("m_axi_rlast"),
          .valid = model.port("m_axi_rvalid"),
          .addressValid = model.port("m_axi_arvalid"),
          .address = model.port("m_axi_araddr"),
          .length = model.port("m_axi_arlen"),
          .ready = model.port("m_axi_rready")};
}

MemoryModel::MemoryModel(const AxiReadPort &port, const MemoryTiming &timing, std::string image, bool stalls,
                         uint64_t seed)
    : port_(port), timing_(timing), image_(std::move(image)), queue_(timing, static_cast<int64_t>(port.data.bytes)),
      stalls_(stalls), addressRest_(seed), dataRest_(seed + 1) {}

void MemoryModel::setReset(bool low) {
  isLow_ = low;
  if (!low)
    return;
  queue_ = MemoryQueue(timing_, static_cast<int64_t>(port_.data.bytes));
  bursts_.clear();
  waits_ = false;
}

void MemoryModel::checkAddress(uint64_t address, int64_t beats) {
  const uint64_t last = address + static_cast<uint64_t>(beats) * port_.data.bytes - 1;
  if (address / 4096 != last / 4096)
    throw CheckError(fmt::format("the port asks for a burst that crosses 4 KiB, at address {:x}", address));
  if (waits_ && (address != heldAddress_ || beats != heldBeats_))
    throw CheckError(fmt::format("the port changes address {:x} before it is taken", heldAddress_));
}

void MemoryModel::step() {
  *port_.reset.data = isLow_ ? 0 : 1;
  const bool ready = queue_.addressReady() && !isLow_, valid = queue_.dataValid() && !isLow_;
  *port_.addressReady.data = ready ? 1 : 0;
  *port_.valid.data = valid ? 1 : 0;
  *port_.last.data = valid && queue_.dataLast() ? 1 : 0;
  *port_.response.data = 0;
  if (valid) {
    const uint64_t at = bursts_.front().first;
    std::memset(port_.data.data, 0, port_.data.bytes);
    if (at + port_.data.bytes <= image_.size())
      std::memcpy(port_.data.data, image_.data() + at, port_.data.bytes);
    else
      *port_.response.data = decodeError;
  }
  if (isLow_)
    return;
  const bool asks = *port_.addressValid.data != 0, takes = *port_.ready.data != 0;
  const uint64_t address = valueOf(port_.address);
  const auto beats = static_cast<int64_t>(valueOf(port_.length)) + 1;
  if (waits_ && !asks)
    throw CheckError(fmt::format("the port takes address {:x} back before it is taken", heldAddress_));
  if (asks)
    checkAddress(address, beats);
  waits_ = asks && !ready;
  heldAddress_ = address;
  heldBeats_ = beats;
  if (valid && takes) {
    ++given_;
    bursts_.front().first += port_.data.bytes;
    if (--bursts_.front().second == 0)
      bursts_.pop_front();
  }
  if (asks && ready)
    bursts_.emplace_back(address, beats);
  queue_.step(asks, beats, takes, stalls_ && addressRest_.now(), stalls_ && dataRest_.now());
}

} // namespace mase
