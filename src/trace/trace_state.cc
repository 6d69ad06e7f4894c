#include "vitals/trace/trace_state.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "trace/blanks.h"

VITALS_NAMESPACE_BEGIN
namespace {

constexpr std::size_t kMaxTenantBytes = 241;
constexpr std::size_t kMaxSystemBytes = 14;

// Members longer than this are the first to go when a tracestate is too long.
constexpr std::size_t kLongMemberBytes = 128;

bool IsLetterOrDigit(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsKeyChar(char c) noexcept {
  return IsLetterOrDigit(c) || c == '_' || c == '-' || c == '*' || c == '/';
}

bool IsKeyPart(std::string_view part, std::size_t max_bytes) noexcept {
  return !part.empty() && part.size() <= max_bytes && IsLetterOrDigit(part.front()) &&
         std::all_of(part.begin(), part.end(), IsKeyChar);
}

bool IsKey(std::string_view key) noexcept {
  const std::size_t at = key.find('@');
  if (at == std::string_view::npos) return IsKeyPart(key, TraceState::kMaxKeyBytes);
  return IsKeyPart(key.substr(0, at), kMaxTenantBytes) &&
         IsKeyPart(key.substr(at + 1), kMaxSystemBytes);
}

bool IsValueChar(char c) noexcept { return c >= ' ' && c <= '~' && c != ',' && c != '='; }

bool IsValue(std::string_view value) noexcept {
  return !value.empty() && value.size() <= TraceState::kMaxValueBytes && value.back() != ' ' &&
         std::all_of(value.begin(), value.end(), IsValueChar);
}

// Cuts what is before the first comma off `list`.
std::string_view CutMember(std::string_view& list) noexcept {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view member = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  return member;
}

TraceState::Member Split(std::string_view member) noexcept {
  const std::size_t equals = std::min(member.find('='), member.size());
  return {member.substr(0, equals), member.substr(std::min(equals + 1, member.size()))};
}

}  // namespace

// Where a member is in the text: from its key to behind its value.
struct TraceState::Range {
  std::size_t begin;
  std::size_t end;
};

std::optional<TraceState> TraceState::Parse(std::string_view text) {
  if (text.size() > kMaxInputBytes) return std::nullopt;
  TraceState state;
  state.text_.reserve(text.size());
  std::array<std::string_view, kMaxMembers> keys;
  std::size_t count = 0;
  while (!text.empty()) {
    const std::string_view member = trace::StripBlanks(CutMember(text));
    if (member.empty()) continue;
    const auto [key, value] = Split(member);
    if (count == kMaxMembers || !IsKey(key) || !IsValue(value)) return std::nullopt;
    const auto end = keys.begin() + count;
    if (std::find(keys.begin(), end, key) != end) return std::nullopt;
    keys[count++] = key;
    if (!state.text_.empty()) state.text_.push_back(',');
    state.text_.append(member);
  }
  return state;
}

std::optional<TraceState::Range> TraceState::Find(std::string_view key) const noexcept {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::size_t begin = text_.size() - rest.size();
    const std::string_view member = CutMember(rest);
    if (Split(member).key == key) return Range{begin, begin + member.size()};
  }
  return std::nullopt;
}

std::optional<std::string_view> TraceState::Get(std::string_view key) const noexcept {
  const auto range = Find(key);
  if (!range) return std::nullopt;
  return Split(std::string_view(text_).substr(range->begin, range->end - range->begin)).value;
}

absl::Status TraceState::Set(std::string_view key, std::string_view value) {
  if (!IsKey(key)) {
    return absl::InvalidArgumentError(
        fmt::format("tracestate key '{}' must be lower-case letters, digits, '_', '-', '*' and '/' "
                    "with a letter or digit first: at most {}, or {}, '@' and {} of them",
                    key, kMaxKeyBytes, kMaxTenantBytes, kMaxSystemBytes));
  }
  if (!IsValue(value)) {
    return absl::InvalidArgumentError(
        fmt::format("value '{}' of tracestate key '{}' must be 1 to {} printable ASCII characters "
                    "without ',' and '=', the last of them no blank",
                    value, key, kMaxValueBytes));
  }
  Erase(key);
  if (std::count(text_.begin(), text_.end(), ',') == kMaxMembers - 1) {
    EraseRange({text_.rfind(',') + 1, text_.size()});
  }
  const std::string_view separator = text_.empty() ? "" : ",";
  text_.insert(0, fmt::format("{}={}{}", key, value, separator));
  return absl::OkStatus();
}

bool TraceState::Erase(std::string_view key) {
  const auto range = Find(key);
  if (range) EraseRange(*range);
  return range.has_value();
}

void TraceState::EraseRange(Range range) {
  // With the comma before it, or that behind the first.
  if (range.begin > 0) {
    --range.begin;
  } else if (range.end < text_.size()) {
    ++range.end;
  }
  text_.erase(range.begin, range.end - range.begin);
}

void TraceState::Trim(std::size_t max_bytes) {
  EraseLongerThan(kLongMemberBytes, max_bytes);
  EraseLongerThan(0, max_bytes);
}

void TraceState::EraseLongerThan(std::size_t member_bytes, std::size_t max_bytes) {
  std::size_t end = text_.size();
  while (text_.size() > max_bytes && end > 0) {
    const std::size_t comma = text_.rfind(',', end - 1);
    const std::size_t begin = comma == std::string::npos ? 0 : comma + 1;
    if (end - begin > member_bytes) EraseRange({begin, end});
    end = begin == 0 ? 0 : comma;
  }
}

std::vector<TraceState::Member> TraceState::members() const {
  std::vector<Member> members;
  std::string_view rest = text_;
  while (!rest.empty()) members.push_back(Split(CutMember(rest)));
  return members;
}

VITALS_NAMESPACE_END
