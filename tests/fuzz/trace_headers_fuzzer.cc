#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vitals/trace/propagation.h"

// Lines of any bytes, as a traceparent, as a tracestate, and as the headers of a message: what is
// accepted is valid, and goes out as it came in.
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

void Require(bool condition) {
  if (!condition) std::abort();
}

void FuzzTraceParent(std::string_view text) {
  const auto context = vitals::ParseTraceParent(text);
  if (!context) return;
  Require(context->IsValid() && context->is_remote && context->trace_state == 0);
  const auto formatted = vitals::FormatTraceParent(*context);
  const std::string_view written(formatted.data(), formatted.size());
  Require(written.substr(2, 51) == text.substr(2, 51));
  Require(vitals::ParseTraceParent(written) == context);
}

void FuzzTraceState(std::string_view text) {
  auto state = vitals::TraceState::Parse(text);
  if (!state) return;
  Require(state->text().size() <= text.size());
  Require(vitals::TraceState::Parse(state->text()) == state);
  const auto members = state->members();
  Require(members.size() <= vitals::TraceState::kMaxMembers);
  for (const auto& member : members) {
    Require(state->Get(member.key) == member.value);
    vitals::TraceState changed = *state;
    Require(changed.Set(member.key, member.value).ok());
    Require(changed.members().front() == member && changed.members().size() == members.size());
    Require(changed.Erase(member.key) && !changed.Get(member.key));
    Require(vitals::TraceState::Parse(changed.text()) == changed);
  }
  const vitals::TraceStateHandle handle = vitals::StoreTraceState(*state);
  state->Trim(vitals::kMaxTraceStateBytes);
  Require(state->text().size() <= vitals::kMaxTraceStateBytes);
  Require(vitals::TraceStateText(handle) == state->text());
}

// Each line is a header: the name up to the first colon, then the value.
Headers SplitHeaders(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  return headers;
}

void FuzzHeaders(const Headers& headers) {
  const vitals::SpanContext context = vitals::Extract(headers);
  Headers sent;
  vitals::Inject(context, [&sent](std::string_view name, std::string_view value) {
    sent.emplace_back(name, value);
  });
  Require(sent.empty() != context.IsValid());
  Require(context.IsValid() || context == vitals::SpanContext());
  Require(vitals::Extract(sent) == context);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Headers headers = SplitHeaders(text);
  for (const auto& [name, value] : headers) {
    FuzzTraceParent(value);
    FuzzTraceState(value);
  }
  FuzzTraceState(text);
  FuzzHeaders(headers);
  return 0;
}
