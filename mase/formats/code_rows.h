// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Codes of whole rows, in and out of PackedCodes at memory speed, for codecs.
///
/// Codecs see a row's codes one after the other in bytes (up to 8 bits), words of 16 (up to 16) or of 32; where the
/// width is one of these, that is the packed memory itself. Rows may begin inside a byte: a writer keeps what does not
/// fill one for the row that comes next.
#pragma once

#include "mase/formats/encoded_matrix.h"

namespace mase {

/// Bytes of a code as codecs see it: 1, 2 or 4.
constexpr int codeBytes(int width) { return width <= 8 ? 1 : width <= 16 ? 2 : 4; }

/// Writes codes in order, from one that begins on a byte on. Different writers may write different bytes at a time.
class CodeWriter {
public:
  /// From code `first` on, a multiple of 8.
  CodeWriter(PackedCodes &codes, int64_t first);

  /// Room for the next `count` codes of codeBytes() each, and behind them for 64 that nobody reads.
  template <class Code>
  Code *room(int64_t count) {
    return reinterpret_cast<Code *>(roomFor(count));
  }
  /// They are there.
  void done(int64_t count);
  /// Behind the last: writes what does not fill a byte.
  void finish();

private:
  uint8_t *roomFor(int64_t count);
  PackedCodes &codes_;
  int64_t next_;     ///< code that is packed next
  int64_t kept_ = 0; ///< codes in front of buffer_ that wait for others
  bool direct_;
  std::vector<uint8_t> buffer_;
};

/// Reads any rows.
class CodeReader {
public:
  explicit CodeReader(const PackedCodes &codes) : codes_(codes) {}

  /// Codes [first, first + count), until the next call.
  template <class Code>
  const Code *read(int64_t first, int64_t count) {
    return reinterpret_cast<const Code *>(bytesOf(first, count));
  }

private:
  const uint8_t *bytesOf(int64_t first, int64_t count);
  const PackedCodes &codes_;
  std::vector<uint8_t> buffer_;
};

} // namespace mase
