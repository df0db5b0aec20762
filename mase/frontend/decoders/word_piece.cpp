// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/decoders/kinds.h"

namespace mase {
namespace {

void replaceAll(std::string &text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

class WordPieceText final : public Decoder {
  /// A token that continues no word stands behind a space; where the decoder cleans up, punctuation does not.
  class Stream final : public WholeTokens {
  public:
    explicit Stream(const WordPieceText &owner) : owner_(owner) {}

  private:
    void pushToken(std::string token, bool isFirst, const Next &next) override {
      if (!isFirst && token.starts_with(owner_.prefix_))
        token.erase(0, owner_.prefix_.size());
      else if (!isFirst)
        token.insert(0, " ");
      if (owner_.cleansUp_)
        for (auto &[what, by] : {std::pair<const char *, const char *>{" .", "."},
                                 {" ?", "?"},
                                 {" !", "!"},
                                 {" ,", ","},
                                 {" ' ", "'"},
                                 {" n't", "n't"},
                                 {" 'm", "'m"},
                                 {" do not", " don't"},
                                 {" 's", "'s"},
                                 {" 've", "'ve"},
                                 {" 're", "'re"}})
          replaceAll(token, what, by);
      next(token, true);
    }
    const WordPieceText &owner_;
  };

public:
  explicit WordPieceText(const JsonObject &step) : prefix_(step.text("prefix")), cleansUp_(step.flag("cleanup")) {
    step.allowOnly({"type", "prefix", "cleanup"});
  }
  std::unique_ptr<DecoderStream> stream() const override { return std::make_unique<Stream>(*this); }

private:
  std::string prefix_;
  bool cleansUp_;
};

} // namespace

std::unique_ptr<Decoder> readWordPieceDecoder(const JsonObject &step) { return std::make_unique<WordPieceText>(step); }

} // namespace mase
