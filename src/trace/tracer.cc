#include "vitals/trace/tracer.h"

#include "trace/tracer_table.h"

VITALS_NAMESPACE_BEGIN

TraceTime Tracer::Now() const noexcept {
  return {core_ == nullptr || !IsEnabled() ? 0 : core_->provider.clock.Now()};
}

bool Tracer::IsEnabled() const noexcept {
  return core_ != nullptr && core_->provider.sampler.load(std::memory_order_acquire) != nullptr;
}

std::string_view Tracer::component() const noexcept {
  return core_ == nullptr ? std::string_view() : core_->component.view();
}

VITALS_NAMESPACE_END
