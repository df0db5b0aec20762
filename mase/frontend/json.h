// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// JSON read strictly: what a lenient parser would pass over in silence is an error here.
///
/// A key that appears twice in one object (where common parsers keep the last), text that is not UTF-8, nesting past
/// 64 levels and anything behind the value are refused. JsonObject then reads an object's members by name and type,
/// so that each reader's errors name the file and the path of the member.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mase {

using Json = nlohmann::json;

/// The JSON value that `text` holds. `file` is what errors start with.
/// Errors  InputError: not JSON, a duplicate key, nested too deep.
Json parseJson(std::string_view file, std::string_view text);

/// `text` in quotes on one line, for errors: control characters escaped, cut after 80 bytes.
std::string inQuotes(std::string_view text);

/// An object's members, read with the type that is expected of them. Views `file` and the JSON value: keep both.
/// A member that is null counts as absent. Errors  InputError, from every function, with file and member path.
class JsonObject {
public:
  /// `path` is what members' names are prefixed with in errors: "" for the outermost object, "model." inside.
  JsonObject(std::string_view file, const Json &value, std::string path = "");

  /// The member, or nullptr when it is absent or null.
  const Json *find(const char *key) const;
  /// The member; an error when it is absent or null.
  const Json &require(const char *key) const;
  JsonObject object(const char *key) const;
  /// The member's elements; it must be an array.
  const Json &array(const char *key) const;

  int64_t integer(const char *key, int64_t least, int64_t most) const;
  int64_t integerOr(const char *key, int64_t least, int64_t most, int64_t otherwise) const;
  double number(const char *key) const;
  std::string text(const char *key) const;
  bool flag(const char *key) const;
  bool flagOr(const char *key, bool otherwise) const;

  /// Refuses members other than these: what is not known may change the meaning.
  void allowOnly(std::initializer_list<std::string_view> known) const;

  std::string_view file() const { return file_; }
  const Json &value() const { return value_; }
  /// The member's name as errors have it.
  std::string nameOf(const char *key) const { return path_ + key; }

private:
  std::string_view file_;
  const Json &value_;
  std::string path_;
};

} // namespace mase
