#include "vitals/trace/tracer_provider.h"

#include <utility>

#include "trace/pipeline.h"

VITALS_NAMESPACE_BEGIN

TracerProvider::TracerProvider(std::unique_ptr<trace::Pipeline> pipeline)
    : pipeline_(std::move(pipeline)) {}

TracerProvider::~TracerProvider() { Stop(); }

absl::StatusOr<std::unique_ptr<TracerProvider>> TracerProvider::Create(
    TracerProviderOptions options) {
  if (options.drain_interval.count() < 0 || options.drain_interval > std::chrono::seconds(1)) {
    return absl::InvalidArgumentError(
        "drain_interval is out of range: choose one from 1 ms to 1 s, or 0 to call Drain()");
  }
  std::unique_ptr<TracerProvider> provider(
      new TracerProvider(std::make_unique<trace::Pipeline>(std::move(options))));
  if (absl::Status status = provider->pipeline_->Start(); !status.ok()) return status;
  return provider;
}

Tracer TracerProvider::GetTracer(std::string_view component) {
  return Tracer(pipeline_->FindOrAddTracer(component));
}

absl::Status TracerProvider::AddProcessor(std::shared_ptr<SpanProcessor> processor) {
  if (processor == nullptr) {
    return absl::InvalidArgumentError("the span processor is null: pass one that exists");
  }
  pipeline_->AddProcessor(std::move(processor));
  return absl::OkStatus();
}

void TracerProvider::SetSampler(Sampler sampler) { pipeline_->SetSampler(std::move(sampler)); }

void TracerProvider::Drain() { pipeline_->Drain(); }

std::vector<ActiveSpan> TracerProvider::ActiveSpans() const { return pipeline_->ActiveSpans(); }

TraceStats TracerProvider::stats() const { return pipeline_->stats(); }

void TracerProvider::Stop() { pipeline_->Stop(); }

VITALS_NAMESPACE_END
