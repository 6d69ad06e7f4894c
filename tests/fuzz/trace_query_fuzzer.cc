#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/trace_query_parser.h"
#include "vitals/trace/trace_store.h"

// The query of a search for traces: whatever comes is refused with a message, or is one that a
// store answers.
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto store = vitals::TraceStore::Create().value();
  const std::string_view query(reinterpret_cast<const char*>(data), size);
  const auto parsed = vitals::api::ParseTraceQuery(query, 20);
  if (!parsed.ok()) {
    Require(!parsed.status().message().empty());
    return 0;
  }
  Require(parsed->limit >= 1 && parsed->limit <= vitals::TraceQuery::kMaxLimit);
  Require(parsed->attributes.size() <= vitals::TraceQuery::kMaxAttributes);
  const auto found = store->Search(*parsed);
  Require(found.ok() && found->empty());
  return 0;
}
