// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How words of linears lie in an external memory (docs/streams.md, S15): each linear has a region, which starts at a
/// multiple of 4 KiB; what is behind its last beat is 0. Pure functions.
#pragma once

#include "mase/rtl/netlist.h"

#include <span>

namespace mase {

/// A word's low bits and the others travel in beats of their own, several words' in one, without a gap where the
/// widths divide.
struct WordPacking {
  int64_t wordBits = 0, lowBits = 0, dataBits = 0;

  int64_t tailBits() const { return wordBits - lowBits; }
  /// Words of which a beat holds the tails; the low parts; the beats of a low part (one of these two is 1).
  int64_t tails() const { return tailBits() == 0 ? 1 : dataBits / tailBits(); }
  int64_t lows() const { return lowBits == 0 || lowBits >= dataBits ? 1 : dataBits / lowBits; }
  int64_t lowBeats() const { return lowBits >= dataBits ? lowBits / dataBits : 1; }
  /// Of so many words.
  int64_t beats(int64_t words) const;
};

/// The split with the fewest beats.
WordPacking packingOf(int64_t wordBits, int64_t words, int64_t dataBits);

/// What externalImage gives, below the design's folder.
constexpr const char *externalFile = "weights/external.bin";

struct ExternalRegion {
  int instance = 0;
  int64_t base = 0; // bytes
  int64_t beats = 0, words = 0;
  WordPacking packing;
};

/// Of the netlist's port, in order.
std::vector<ExternalRegion> externalRegions(const Netlist &netlist);
/// Bytes of a whole image: behind the last region, a multiple of 4 KiB.
int64_t imageBytes(std::span<const ExternalRegion> regions, const ExternalPort &port);
/// What the memory holds, lowest address first.
std::string externalImage(const Netlist &netlist);
/// A region's words, hexadecimal, out of an image.
/// Errors  InputError when the image is too short.
std::vector<std::string> externalWords(const ExternalRegion &region, const std::string &image);

/// Bytes that all linears together take from the memory for a row.
int64_t externalBytesOfRow(const Netlist &netlist);

/// Which names patterns fit, as a shell has them ("*.mlp.*"), in order.
/// Errors  InputError when one fits none.
std::vector<size_t> chosenLinears(std::span<const std::string> patterns, std::span<const std::string> names);

/// Whether a pattern fits a name.
bool isChosen(std::span<const std::string> patterns, const std::string &name);

/// Errors  InputError when no hardware has such a port.
void checkPort(const ExternalPort &port);

/// Moves the words of all linears that a pattern fits to the external memory: none whose words are another instance's.
/// port  without instances; top  the module of the top level
/// Errors  InputError as chosenLinears and checkPort
void placeExternal(Netlist &netlist, std::span<const std::string> patterns, const ExternalPort &port,
                   const std::string &top);

} // namespace mase
