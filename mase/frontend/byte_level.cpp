// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/byte_level.h"

#include "mase/frontend/utf8.h"

#include <array>

namespace mase {
namespace {

constexpr uint32_t codePoints = 0x100 + 68; // of the alphabet: all below this

struct Alphabet {
  std::array<std::string, 256> spelling;
  std::array<int, codePoints> byteOf;

  Alphabet() {
    byteOf.fill(-1);
    uint32_t next = 0x100;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      bool prints = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      uint32_t codePoint = prints ? byte : next++;
      spelling[byte] = utf8Of(codePoint);
      byteOf[codePoint] = static_cast<int>(byte);
    }
  }
};

const Alphabet &alphabet() {
  static const Alphabet instance;
  return instance;
}

} // namespace

const std::string &byteLevelSpelling(uint8_t byte) { return alphabet().spelling[byte]; }

void appendByteLevel(std::string_view bytes, std::string &spelt) {
  const auto &spelling = alphabet().spelling;
  for (char byte : bytes)
    spelt += spelling[static_cast<uint8_t>(byte)];
}

std::string byteLevelBytes(std::string_view spelling) {
  std::string bytes;
  for (size_t i = 0; i < spelling.size();) {
    Utf8Step step = utf8Step(spelling.substr(i));
    if (!step.valid || step.codePoint >= codePoints || alphabet().byteOf[step.codePoint] < 0)
      return std::string(spelling);
    bytes += static_cast<char>(alphabet().byteOf[step.codePoint]);
    i += step.bytes;
  }
  return bytes;
}

} // namespace mase
