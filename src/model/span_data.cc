#include "vitals/model/span_data.h"

#include "fmt/format.h"

VITALS_NAMESPACE_BEGIN

std::string_view SpanKindName(SpanKind kind) noexcept {
  switch (kind) {
    case SpanKind::kInternal:
      return "internal";
    case SpanKind::kServer:
      return "server";
    case SpanKind::kClient:
      return "client";
    case SpanKind::kProducer:
      return "producer";
    case SpanKind::kConsumer:
      return "consumer";
  }
  return "internal";
}

std::string_view SpanStatusName(SpanStatus status) noexcept {
  switch (status) {
    case SpanStatus::kUnset:
      return "unset";
    case SpanStatus::kOk:
      return "ok";
    case SpanStatus::kError:
      return "error";
  }
  return "unset";
}

std::string AttributeValueText(const AttributeValue& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  return std::visit([](const auto& plain) { return fmt::format("{}", plain); }, value);
}

VITALS_NAMESPACE_END
