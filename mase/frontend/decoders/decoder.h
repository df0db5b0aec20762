// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a tokenizer makes a text of its tokens: tokenizer.json's `decoder`.
///
/// Each kind is a file of this folder; kinds.h names their readers and decoder.cpp's table the kinds as files spell
/// them. Tokens stream through the kinds of a Sequence: one that needs what comes later holds back what it must and no
/// more, so that what is printed early and what is decoded at once are the same text by construction.
#pragma once

#include "mase/frontend/json.h"

#include <functional>
#include <memory>
#include <vector>

namespace mase {

/// One text's way through one kind. A token comes in parts (whole characters), the last of which ends it.
class DecoderStream {
public:
  virtual ~DecoderStream() = default;
  using Next = std::function<void(std::string_view part, bool endsToken)>;
  virtual void push(std::string_view part, bool endsToken, const Next &next) = 0;
  /// No token follows. Once, at the end.
  virtual void finish(const Next &) {}
};

/// A stream that looks at whole tokens only.
class WholeTokens : public DecoderStream {
public:
  void push(std::string_view part, bool endsToken, const Next &next) final;

protected:
  /// `isFirst`: no token was in front of this one.
  virtual void pushToken(std::string token, bool isFirst, const Next &next) = 0;

private:
  std::string held_;
  bool isFirst_ = true;
};

class Decoder {
public:
  virtual ~Decoder() = default;
  virtual std::unique_ptr<DecoderStream> stream() const = 0;
  /// The bytes that a token stands for wherever it stands.
  virtual std::string bytesOf(std::string token) const { return token; }
};

/// The kinds of a Sequence one behind the other. A file without a decoder puts spaces between tokens.
class Decoders {
public:
  /// Errors  InputError: a kind or a member that is not read, by name.
  explicit Decoders(const JsonObject &tokenizer);

  std::string bytesOf(std::string token) const;

  /// One text on its way.
  class Run {
  public:
    explicit Run(const Decoders &decoders);
    /// What is known of the text with this token, and at the end: valid UTF-8.
    std::string push(std::string_view token);
    std::string finish();

  private:
    void pass(size_t stage, std::string_view part, bool endsToken);
    std::vector<std::unique_ptr<DecoderStream>> streams_;
    std::string text_;
  };

private:
  void read(const JsonObject &step);
  std::vector<std::unique_ptr<const Decoder>> steps_;
};

} // namespace mase
