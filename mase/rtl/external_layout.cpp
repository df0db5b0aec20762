// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/external_layout.h"

#include "mase/support/error.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <fnmatch.h>
#include <set>

namespace mase {
namespace {

constexpr int64_t pageBytes = 4096; // no burst of AXI4 crosses one
constexpr int64_t longestBurst = 256;

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Bits of words that lie behind each other in beats, as both directions of packing walk them.
/// copy  takes the bit of the word and the bit of the region
template <typename Copy>
void walk(const ExternalRegion &region, const Copy &copy) {
  const WordPacking &packing = region.packing;
  int64_t beat = 0, tailBeat = 0, lowBeat = 0;
  for (int64_t w = 0; w < region.words; ++w) {
    const int64_t tail = packing.tailBits() == 0 ? 1 : w % packing.tails(), low = w % packing.lows();
    if (tail == 0)
      tailBeat = beat++;
    if (packing.lowBits > 0 && low == 0) {
      lowBeat = beat;
      beat += packing.lowBeats();
    }
    for (int64_t b = 0; b < packing.lowBits; ++b)
      copy(w, b, lowBeat * packing.dataBits + low * packing.lowBits + b);
    for (int64_t b = 0; b < packing.tailBits(); ++b)
      copy(w, packing.lowBits + b, tailBeat * packing.dataBits + tail * packing.tailBits() + b);
  }
}

int digitOf(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

} // namespace

int64_t WordPacking::beats(int64_t words) const {
  return (tailBits() == 0 ? 0 : ceilDiv(words, tails())) + (lowBits == 0 ? 0 : ceilDiv(words, lows()) * lowBeats());
}

WordPacking packingOf(int64_t wordBits, int64_t words, int64_t dataBits) {
  WordPacking best;
  int64_t least = 0;
  for (int64_t low = wordBits; low >= 0 && wordBits - low <= dataBits; --low) {
    if (low > dataBits && low % dataBits != 0)
      continue;
    const WordPacking packing = {wordBits, low, dataBits};
    if (const int64_t beats = packing.beats(words); best.wordBits == 0 || beats < least) {
      best = packing;
      least = beats;
    }
  }
  return best;
}

std::vector<ExternalRegion> externalRegions(const Netlist &netlist) {
  std::vector<ExternalRegion> regions;
  int64_t base = 0;
  for (int instance : netlist.external.instances) {
    const HardwareWords &words = *netlist.instances[static_cast<size_t>(instance)].module.words;
    const int64_t count = std::ssize(words.words);
    const WordPacking packing = packingOf(words.bits, count, netlist.external.dataBits);
    regions.push_back({instance, base, packing.beats(count), count, packing});
    base += ceilDiv(regions.back().beats * netlist.external.beatBytes(), pageBytes) * pageBytes;
  }
  return regions;
}

int64_t imageBytes(std::span<const ExternalRegion> regions, const ExternalPort &port) {
  if (regions.empty())
    return 0;
  return regions.back().base + ceilDiv(regions.back().beats * port.beatBytes(), pageBytes) * pageBytes;
}

std::string externalImage(const Netlist &netlist) {
  const std::vector<ExternalRegion> regions = externalRegions(netlist);
  std::string image(static_cast<size_t>(imageBytes(regions, netlist.external)), '\0');
  for (const ExternalRegion &region : regions) {
    const auto &words = netlist.instances[static_cast<size_t>(region.instance)].module.words->words;
    walk(region, [&](int64_t w, int64_t bit, int64_t to) {
      const std::string &word = words[static_cast<size_t>(w)];
      const auto digit = static_cast<int64_t>(word.size()) - 1 - bit / 4;
      if (digit >= 0 && (digitOf(word[static_cast<size_t>(digit)]) >> bit % 4 & 1) != 0)
        image[static_cast<size_t>(region.base + to / 8)] =
            static_cast<char>(static_cast<uint8_t>(image[static_cast<size_t>(region.base + to / 8)]) | 1U << to % 8);
    });
  }
  return image;
}

std::vector<std::string> externalWords(const ExternalRegion &region, const std::string &image) {
  if (std::ssize(image) < region.base + region.beats * region.packing.dataBits / 8)
    fail("external memory: its image ends before byte {} (emit the design anew)",
         region.base + region.beats * region.packing.dataBits / 8);
  const auto digits = static_cast<size_t>(ceilDiv(region.packing.wordBits, 4));
  std::vector<std::vector<uint8_t>> values(static_cast<size_t>(region.words), std::vector<uint8_t>(digits));
  walk(region, [&](int64_t w, int64_t bit, int64_t from) {
    const auto byte = static_cast<uint8_t>(image[static_cast<size_t>(region.base + from / 8)]);
    values[static_cast<size_t>(w)][digits - 1 - static_cast<size_t>(bit / 4)] |=
        static_cast<uint8_t>((byte >> from % 8 & 1) << bit % 4);
  });
  std::vector<std::string> words;
  for (const std::vector<uint8_t> &value : values) {
    std::string &word = words.emplace_back();
    for (uint8_t digit : value)
      word += "0123456789abcdef"[digit];
  }
  return words;
}

int64_t externalBytesOfRow(const Netlist &netlist) {
  int64_t bytes = 0;
  for (const ExternalRegion &region : externalRegions(netlist))
    bytes += region.beats * netlist.external.beatBytes();
  return bytes;
}

void checkPort(const ExternalPort &port) {
  if (port.dataBits < 64 || port.dataBits > 512 || !std::has_single_bit(static_cast<uint64_t>(port.dataBits)))
    fail("external memory: a port of {} bits (64, 128, 256 or 512 would be one)", port.dataBits);
  if (!std::has_single_bit(static_cast<uint64_t>(port.burst)) || port.burst > longestBurst ||
      port.burst * port.beatBytes() > pageBytes)
    fail("external memory: bursts of {} beats of {} bytes (a power of two, at most {} beats and {} bytes)", port.burst,
         port.beatBytes(), longestBurst, pageBytes);
  if (port.depth < 2 * port.burst)
    fail("external memory: room for {} beats a linear (two bursts are {})", port.depth, 2 * port.burst);
}

void placeExternal(Netlist &netlist, std::span<const std::string> patterns, const ExternalPort &port,
                   const std::string &top) {
  if (patterns.empty())
    return;
  checkPort(port);
  netlist.external = port;
  netlist.external.module = top + "_external";
  double &bandwidth = netlist.external.memory.bytesPerCycle;
  bandwidth = std::min(bandwidth, static_cast<double>(port.beatBytes()));
  std::vector<std::string> names;
  std::vector<int> linears;
  for (size_t i = 0; i < netlist.instances.size(); ++i)
    if (const NetInstance &instance = netlist.instances[i]; instance.module.words && instance.module.weight) {
      names.push_back(instance.name);
      linears.push_back(static_cast<int>(i));
    }
  for (size_t n : chosenLinears(patterns, names))
    netlist.external.instances.push_back(linears[n]);
  for ([[maybe_unused]] int linear : netlist.external.instances)
    assert(netlist.instances[static_cast<size_t>(linear)].wordsFrom < 0 && "on the chip, as the embedding's table");
}

bool isChosen(std::span<const std::string> patterns, const std::string &name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string &pattern) { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
}

std::vector<size_t> chosenLinears(std::span<const std::string> patterns, std::span<const std::string> names) {
  std::set<size_t> chosen;
  for (const std::string &pattern : patterns) {
    bool fits = false;
    for (size_t n = 0; n < names.size(); ++n)
      if (isChosen({&pattern, 1}, names[n])) {
        chosen.insert(n);
        fits = true;
      }
    if (!fits)
      fail("--external {}: fits no linear of the model (such names as '{}' are meant, or '*' and '?' in them)", pattern,
           names.empty() ? "" : names.front());
  }
  return {chosen.begin(), chosen.end()};
}

} // namespace mase
