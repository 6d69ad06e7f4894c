#ifndef VITALS_TRACE_PROPAGATION_H_
#define VITALS_TRACE_PROPAGATION_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "vitals/base/config.h"
#include "vitals/model/span_context.h"
#include "vitals/trace/trace_state.h"

/// \file
/// Contexts across processes: the headers traceparent and tracestate of W3C Trace Context, level 2,
/// read from and written to whatever a transport calls its headers.
///
///     const SpanContext caller = Extract(request.headers);
///     ...
///     Inject(span.context(), [&](std::string_view name, std::string_view value) {
///       outgoing.headers.emplace_back(name, value);
///     });
///
/// All functions are thread-safe.

VITALS_NAMESPACE_BEGIN

inline constexpr std::string_view kTraceParentHeader = "traceparent";
inline constexpr std::string_view kTraceStateHeader = "tracestate";

/// Length of a traceparent of version 00, the one that is written.
inline constexpr std::size_t kTraceParentBytes = 55;

/// The context that a traceparent names, without a tracestate and with is_remote set. Nothing for a
/// text that is not valid. A version above 00 is read by its first 55 characters, which must end
/// the text or be followed by a dash; flags that this library does not know are dropped.
VITALS_EXPORT std::optional<SpanContext> ParseTraceParent(std::string_view text) noexcept;

/// The traceparent of a context, of version 00; not terminated. A context that is not valid has
/// one that no reader takes.
VITALS_EXPORT std::array<char, kTraceParentBytes> FormatTraceParent(
    const SpanContext& context) noexcept;

/// Takes the headers of one message, one by one, and tells the context that they carry: for headers
/// that Extract() cannot walk. Not thread-safe.
///
///     SpanContextExtractor extractor;
///     for (const auto& value : request.GetAll("traceparent")) extractor.Add("traceparent", value);
///     for (const auto& value : request.GetAll("tracestate")) extractor.Add("tracestate", value);
class VITALS_EXPORT SpanContextExtractor {
 public:
  /// Takes a header; names are compared without case, and all but the two are passed over. Headers
  /// of the same name must come in the order of the message. Blanks and tabs around the value do
  /// not count. Keeps at most TraceState::kMaxInputBytes.
  void Add(std::string_view name, std::string_view value);

  /// The context of the headers so far. Invalid, so that a trace starts anew, without a
  /// traceparent, with more than one, and with one that is not valid. A tracestate that is not
  /// valid counts as none, and never harms the rest.
  SpanContext Context() const noexcept;

 private:
  std::optional<SpanContext> parent_;
  std::size_t parent_headers_ = 0;
  std::string trace_state_;  // of all headers, joined with commas
  bool trace_state_too_long_ = false;
};

namespace trace {

template <typename Text>
concept HeaderText = std::convertible_to<const Text&, std::string_view>;

template <typename Headers>
using HeaderOf = std::iter_value_t<decltype(std::begin(std::declval<const Headers&>()))>;

}  // namespace trace

/// What Extract() can walk: pairs of a name and a value, or of a name and several values. For
/// example net::HttpRequest::headers, std::map<std::string, std::string>, std::multimap, or
/// std::map<std::string, std::vector<std::string>>.
template <typename Headers>
concept HeaderRange = requires(const trace::HeaderOf<Headers>& header) {
  { header.first } -> std::convertible_to<std::string_view>;
  header.second;
};

/// The context that the headers of a message carry, with is_remote set; invalid where there is
/// none: see SpanContextExtractor. Its tracestate is put into the table. About 90 ns for a
/// traceparent among a few headers, and 600 more with a tracestate of ten members.
template <HeaderRange Headers>
SpanContext Extract(const Headers& headers) {
  SpanContextExtractor extractor;
  for (const auto& [name, values] : headers) {
    if constexpr (trace::HeaderText<std::remove_cvref_t<decltype(values)>>) {
      extractor.Add(name, values);
    } else {
      for (const auto& value : values) extractor.Add(name, value);
    }
  }
  return extractor.Context();
}

/// Calls `set(name, value)`, both of them std::string_view that live for the call, for each header
/// that a message needs to carry `context`: the traceparent, and the tracestate where it is not
/// empty. Calls nothing for a context that is not valid. `set` should replace what a header of that
/// name held. About 40 ns, without what `set` does.
template <std::invocable<std::string_view, std::string_view> Setter>
void Inject(const SpanContext& context, Setter&& set) {
  if (!context.IsValid()) return;
  const auto parent = FormatTraceParent(context);
  set(kTraceParentHeader, std::string_view(parent.data(), parent.size()));
  const std::string state = TraceStateText(context.trace_state);
  if (!state.empty()) set(kTraceStateHeader, std::string_view(state));
}

VITALS_NAMESPACE_END

#endif  // VITALS_TRACE_PROPAGATION_H_
