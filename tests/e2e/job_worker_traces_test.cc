#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "examples/job_worker/checksum_manifest.h"
#include "examples/job_worker/file_io.h"
#include "examples/job_worker/handlers.h"
#include "examples/job_worker/worker_pool.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/job_worker_test_util.h"
#include "vitals/trace/critical_path.h"
#include "vitals/trace/span_processor.h"
#include "vitals/trace/tracer_provider.h"

namespace job_worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using vitals::SpanData;

/// Keeps every span that has ended.
class SpanLog final : public vitals::SpanProcessor {
 public:
  void OnEnd(std::span<const SpanData> spans) override {
    spans_.insert(spans_.end(), spans.begin(), spans.end());
  }
  const std::vector<SpanData>& spans() const { return spans_; }

 private:
  std::vector<SpanData> spans_;
};

std::string AttributeOf(const std::vector<vitals::SpanAttribute>& attributes,
                        std::string_view key) {
  for (const vitals::SpanAttribute& attribute : attributes) {
    if (attribute.key == key) return vitals::AttributeValueText(attribute.value);
  }
  return "(none)";
}

/// Runs jobs in a pool of one thread, and looks at the spans of them.
class TracesTest : public testing::Test {
 protected:
  TracesTest() {
    provider_ =
        vitals::TracerProvider::Create({.drain_interval = std::chrono::milliseconds(0)}).value();
    EXPECT_TRUE(provider_->AddProcessor(log_).ok());
  }

  std::unique_ptr<WorkerPool> MakePool(std::unique_ptr<Handler> handler, int max_attempts = 1) {
    std::vector<std::unique_ptr<Handler>> handlers;
    handlers.push_back(std::move(handler));
    return std::make_unique<WorkerPool>(PoolOptions{.threads = 1, .max_attempts = max_attempts},
                                        registry_, provider_.get(), std::move(handlers));
  }

  /// Does one job from its submission to its end, and returns its spans by their start.
  std::vector<SpanData> Trace(std::unique_ptr<Handler> handler,
                              const std::filesystem::path& file = "file", int max_attempts = 1) {
    const auto pool = MakePool(std::move(handler), max_attempts);
    EXPECT_TRUE(pool->Submit({.operation = &pool->operations()[0], .path = file}));
    pool->WaitIdle();
    return Spans();
  }
  std::vector<SpanData> Trace(FakeHandler::Function function, int max_attempts = 1) {
    return Trace(std::make_unique<FakeHandler>(std::move(function)), "file", max_attempts);
  }

  std::vector<SpanData> Spans() {
    provider_->Drain();
    std::vector<SpanData> spans = log_->spans();
    // What starts together is told by who ends later: it is around the other.
    std::sort(spans.begin(), spans.end(), [](const SpanData& a, const SpanData& b) {
      return std::pair(a.start_unix_ns, b.end_unix_ns) < std::pair(b.start_unix_ns, a.end_unix_ns);
    });
    return spans;
  }

  static std::vector<std::string> Names(const std::vector<SpanData>& spans) {
    std::vector<std::string> names;
    for (const SpanData& span : spans) names.emplace_back(span.name);
    return names;
  }

  static const SpanData& Find(const std::vector<SpanData>& spans, std::string_view name) {
    const auto found = std::find_if(spans.begin(), spans.end(),
                                    [&](const auto& span) { return span.name == name; });
    if (found == spans.end()) throw std::out_of_range(fmt::format("no span {}", name));
    return *found;
  }

  vitals::Registry registry_;
  std::shared_ptr<SpanLog> log_ = std::make_shared<SpanLog>();
  std::unique_ptr<vitals::TracerProvider> provider_;
};

TEST_F(TracesTest, AJobIsOneTraceFromItsSubmissionToItsEnd) {
  const auto spans = Trace([](const JobContext& context) {
    const vitals::Span step = context.tracer().StartSpan("step");
    return "done";
  });
  ASSERT_THAT(Names(spans), ElementsAre("fake", "submit", "wait in queue", "attempt", "step"));
  const SpanData& root = spans[0];
  EXPECT_FALSE(root.parent_span_id.IsValid());
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(spans[i].parent_span_id, root.span_id) << i;
  EXPECT_EQ(spans[4].parent_span_id, spans[3].span_id);
  for (const SpanData& span : spans) {
    EXPECT_EQ(span.trace_id, root.trace_id);
    EXPECT_EQ(span.status, vitals::SpanStatus::kUnset);
    EXPECT_GE(span.start_unix_ns, root.start_unix_ns);
    EXPECT_LE(span.end_unix_ns, root.end_unix_ns);
  }
  EXPECT_EQ(root.component, "worker");
  EXPECT_EQ(spans[4].component, "fake");
  EXPECT_EQ(AttributeOf(root.attributes, "job.id"), "1");
  EXPECT_EQ(AttributeOf(root.attributes, "job.operation"), "fake");
  EXPECT_EQ(AttributeOf(root.attributes, "file.path"), "file");
  EXPECT_EQ(AttributeOf(spans[3].attributes, "job.attempt"), "1");
}

TEST_F(TracesTest, ItsStagesFollowEachOtherOverTwoThreads) {
  const auto spans = Trace([](const JobContext&) { return "done"; });
  const SpanData& submit = Find(spans, "submit");
  const SpanData& wait = Find(spans, "wait in queue");
  const SpanData& attempt = Find(spans, "attempt");
  EXPECT_LE(submit.end_unix_ns, wait.start_unix_ns);
  EXPECT_LE(wait.end_unix_ns, attempt.start_unix_ns);
  EXPECT_EQ(submit.kind, vitals::SpanKind::kProducer);
  EXPECT_EQ(attempt.kind, vitals::SpanKind::kConsumer);
  EXPECT_NE(submit.thread_id, attempt.thread_id);
  EXPECT_EQ(attempt.thread_name, "worker 0");
}

TEST_F(TracesTest, TheCriticalPathLeadsThroughAllStages) {
  const auto spans = Trace([](const JobContext& context) {
    const vitals::Span step = context.tracer().StartSpan("step");
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() == start) {
    }
    return "done";
  });
  const auto path = vitals::ComputeCriticalPath(spans);
  ASSERT_TRUE(path.ok());
  ASSERT_EQ(path->root, 0u);
  std::uint64_t reached = spans[0].end_unix_ns;
  for (const vitals::CriticalPathSection& section : path->sections) {
    EXPECT_EQ(section.end_unix_ns, reached);
    reached = section.start_unix_ns;
  }
  EXPECT_EQ(reached, spans[0].start_unix_ns);
  // The time in the queue may be too short for the clock; the step's is not.
  EXPECT_EQ(path->exclusive_ns[4], spans[4].duration_ns());
  EXPECT_EQ(path->exclusive_ns[2], spans[2].duration_ns());
}

TEST_F(TracesTest, AJobHasALinkToWhoSubmittedIt) {
  vitals::SpanContext submitter;
  {
    const vitals::Span pass = provider_->GetTracer("source").StartSpan("pass");
    submitter = pass.context();
    Trace([](const JobContext&) { return "done"; });
  }
  const auto spans = Spans();
  const SpanData& root = Find(spans, "fake");
  EXPECT_NE(root.trace_id, submitter.trace_id);
  ASSERT_THAT(root.links, SizeIs(1));
  EXPECT_EQ(root.links[0].trace_id, submitter.trace_id);
  EXPECT_EQ(root.links[0].span_id, submitter.span_id);
}

TEST_F(TracesTest, AFailureIsTheStatusOfAttemptAndJob) {
  const auto spans = Trace([](const JobContext&) { return absl::NotFoundError("gone"); });
  for (const std::string_view name : {"fake", "attempt"}) {
    EXPECT_EQ(Find(spans, name).status, vitals::SpanStatus::kError) << name;
    EXPECT_EQ(Find(spans, name).status_message, "gone") << name;
  }
  EXPECT_EQ(Find(spans, "wait in queue").status, vitals::SpanStatus::kUnset);
}

TEST_F(TracesTest, AJobThatFailsIsTriedAgainWithinItsTrace) {
  int calls = 0;
  const auto spans = Trace(
      [&calls](const JobContext&) -> absl::StatusOr<std::string> {
        if (++calls < 3) return absl::UnavailableError("not yet");
        return "done";
      },
      5);
  EXPECT_THAT(Names(spans),
              ElementsAre("fake", "submit", "wait in queue", "attempt", "attempt", "attempt"));
  EXPECT_EQ(spans[4].status, vitals::SpanStatus::kError);
  EXPECT_EQ(spans[5].status, vitals::SpanStatus::kUnset);
  EXPECT_EQ(AttributeOf(spans[5].attributes, "job.attempt"), "3");
  EXPECT_EQ(spans[0].status, vitals::SpanStatus::kUnset);
  ASSERT_THAT(spans[0].events, SizeIs(2));
  EXPECT_EQ(spans[0].events[0].name, "retry");
  EXPECT_EQ(AttributeOf(spans[0].events[0].attributes, "job.attempt"), "2");
  EXPECT_EQ(AttributeOf(spans[0].events[1].attributes, "job.attempt"), "3");
  EXPECT_EQ(ValueOf(registry_, "guestkit_worker_jobs_total",
                    {{"operation", "fake"}, {"status", "completed"}}),
            1);
  EXPECT_EQ(ValueOf(registry_, "guestkit_handler_executions_total",
                    {{"handler", "fake"}, {"status", "error"}}),
            2);
}

TEST_F(TracesTest, ATimeoutIsNotTriedAgain) {
  const auto spans =
      Trace([](const JobContext&) { return absl::DeadlineExceededError("late"); }, 5);
  EXPECT_THAT(Names(spans), ElementsAre("fake", "submit", "wait in queue", "attempt"));
  EXPECT_EQ(spans[0].status_message, "late");
  EXPECT_THAT(spans[0].events, SizeIs(0));
}

TEST_F(TracesTest, AJobThatIsDroppedSaysSo) {
  std::promise<void> started;
  const auto pool = MakePool(std::make_unique<FakeHandler>([&](const JobContext& context) {
    started.set_value();
    while (context.CheckDeadline().ok()) std::this_thread::yield();
    return "stopped";
  }));
  for (const char* file : {"first", "second"}) {
    pool->Submit({.operation = &pool->operations()[0], .path = file});
  }
  started.get_future().wait();
  EXPECT_EQ(pool->Stop(std::chrono::milliseconds(0)), 1u);
  EXPECT_FALSE(pool->Submit({.operation = &pool->operations()[0], .path = "third"}));

  std::vector<std::string> outcomes;
  for (const SpanData& span : Spans()) {
    if (span.name != "fake" && span.status != vitals::SpanStatus::kError) continue;
    outcomes.push_back(fmt::format("{} {}: {}", span.name,
                                   AttributeOf(span.attributes, "file.path"), span.status_message));
  }
  EXPECT_THAT(outcomes, ElementsAre("fake first: ", "fake second: dropped: the worker stopped",
                                    "fake third: ", "submit (none): the queue is closed"));
}

TEST_F(TracesTest, WithoutTracersJobsAreDoneAllTheSame) {
  std::vector<std::unique_ptr<Handler>> handlers;
  handlers.push_back(std::make_unique<FakeHandler>([](const JobContext& context) {
    EXPECT_FALSE(context.tracer().IsEnabled());
    return "done";
  }));
  WorkerPool pool({}, registry_, nullptr, std::move(handlers));
  pool.Submit({.operation = &pool.operations()[0], .path = "file"});
  pool.WaitIdle();
  EXPECT_EQ(ValueOf(registry_, "guestkit_worker_jobs_total",
                    {{"operation", "fake"}, {"status", "completed"}}),
            1);
  EXPECT_THAT(Spans(), SizeIs(0));
}

TEST_F(TracesTest, AChecksumShowsItsStepsAndWhatDiffers) {
  const TemporaryFolder folder;
  const auto file = folder.Write("file", "hello\n");
  const auto manifest =
      ChecksumManifest::Parse(fmt::format("{:064}  file\n", 0), folder.path(), "");
  const auto spans = Trace(MakeChecksumHandler(*manifest), file);
  EXPECT_THAT(Names(spans), ElementsAre("guestkit.checksum", "submit", "wait in queue", "attempt",
                                        "open", "read", "hash", "read", "verify"));
  EXPECT_EQ(AttributeOf(spans[5].attributes, "bytes"), "6");
  const SpanData& verify = spans.back();
  EXPECT_EQ(verify.component, "guestkit.checksum");
  EXPECT_EQ(verify.status, vitals::SpanStatus::kError);
  EXPECT_THAT(verify.status_message, HasSubstr("SHA-256 is 5891b5b522d5df08"));
  EXPECT_THAT(AttributeOf(verify.attributes, "checksum.actual"), HasSubstr("5891b5b522d5df08"));
}

TEST_F(TracesTest, OfALargeFileItShowsTheFirstBlocksAndAllOtherSteps) {
  const TemporaryFolder folder;
  const auto file = folder.Write("file", "");
  // Each is read, and added to the hash.
  constexpr std::size_t kBlocks = kMaxBlockSpans / 2 + 10;
  std::filesystem::resize_file(file, kBlocks * kBlockSize);
  const auto spans = Trace(MakeChecksumHandler({}), file);
  const auto count = [&spans](std::string_view name) {
    return static_cast<std::size_t>(std::count_if(
        spans.begin(), spans.end(), [name](const SpanData& span) { return span.name == name; }));
  };
  EXPECT_EQ(count("read"), kMaxBlockSpans / 2);
  EXPECT_EQ(count("hash"), kMaxBlockSpans / 2);
  EXPECT_EQ(count("verify"), 1u);
  EXPECT_EQ(count("attempt"), 1u);
  EXPECT_EQ(ValueOf(registry_, "guestkit_worker_disk_read_bytes_total"),
            static_cast<double>(kBlocks * kBlockSize));
}

TEST_F(TracesTest, ACompressionShowsItsSteps) {
  const TemporaryFolder folder;
  const auto file = folder.Write("file", "hello\n");
  const auto spans = Trace(MakeCompressHandler(folder.path(), folder.path() / "scratch"), file);
  EXPECT_THAT(Names(spans), ElementsAre("guestkit.compress", "submit", "wait in queue", "attempt",
                                        "open", "create", "read", "compress", "write"));
  const auto written = std::filesystem::file_size(folder.path() / "scratch/file.gz");
  EXPECT_EQ(AttributeOf(spans.back().attributes, "bytes"), std::to_string(written));
}

TEST_F(TracesTest, TheStepThatFailsSaysWhy) {
  const auto spans = Trace(MakeInspectHandler(), "/nonexistent");
  const SpanData& open = Find(spans, "open");
  EXPECT_EQ(open.status, vitals::SpanStatus::kError);
  EXPECT_THAT(open.status_message, HasSubstr("cannot open it"));
  EXPECT_EQ(Find(spans, "guestkit.inspect").status_message, open.status_message);
}

}  // namespace
}  // namespace job_worker
