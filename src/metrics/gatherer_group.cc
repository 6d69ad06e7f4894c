#include "vitals/metrics/gatherer_group.h"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "metrics/cells.h"
#include "metrics/collected.h"
#include "metrics/family_merger.h"
#include "metrics/family_rewriter.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN
namespace {

// One membership. What a group owns is in `owned`; of the others it knows `gatherer` alone.
struct Member {
  std::weak_ptr<Gatherer> gatherer = {};
  std::shared_ptr<Gatherer> owned = {};
  GathererOptions options = {};
  const Gatherer* identity = nullptr;  // also of one that is gone
};

using MemberList = std::vector<Member>;

// What one Gather works with: a snapshot for each member, and what became of their families.
struct Workspace {
  struct Seat {
    explicit Seat(const GathererOptions& options) : rewriter(options) {}
    Snapshot snapshot;
    metrics::FamilyRewriter rewriter;
  };

  explicit Workspace(std::shared_ptr<const MemberList> list) : members(std::move(list)) {
    seats.reserve(members->size());
    for (const Member& member : *members) seats.emplace_back(member.options);
  }

  const std::shared_ptr<const MemberList> members;  // outlives the seats, which refer to it
  std::vector<Seat> seats;                          // one for each member
  metrics::FamilyMerger merger;
};

absl::Status Validate(const GathererOptions& options) {
  if (!options.prefix.empty()) {
    if (absl::Status status = ValidateMetricName(options.prefix); !status.ok()) {
      return absl::InvalidArgumentError(fmt::format("prefix: {}", std::string(status.message())));
    }
  }
  if (absl::Status status = ValidateLabels(options.const_labels); !status.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("const_labels: {}", std::string(status.message())));
  }
  return absl::OkStatus();
}

// What it threw; empty when it did not.
std::string GatherInto(Gatherer& gatherer, Snapshot& snapshot) {
  try {
    gatherer.Gather(snapshot);
    return {};
  } catch (const std::exception& error) {
    return fmt::format("\"{}\"", error.what());
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

// structure_mutex guards the members: what is locked at a fork is then one lock.
class GathererGroup::Impl {
 public:
  explicit Impl(const GathererGroup& group) : group_(group) {}

  absl::Status Add(Member member);
  bool Remove(const Gatherer* gatherer);
  void Gather(Snapshot& snapshot);

  // Whether the group leads to this gatherer, itself or through other groups.
  bool Contains(const Gatherer* gatherer) const;

 private:
  using Workspaces = std::vector<std::unique_ptr<Workspace>>;

  // Gathers that run at one time keep this many sets of memory; others make theirs anew.
  static constexpr std::size_t kMaxIdleWorkspaces = 4;

  std::shared_ptr<const MemberList> Members() const VITALS_EXCLUDES(metrics::structure_mutex);
  std::unique_ptr<Workspace> TakeWorkspace() VITALS_EXCLUDES(metrics::structure_mutex);
  void GiveBack(std::unique_ptr<Workspace> workspace) VITALS_EXCLUDES(metrics::structure_mutex);
  void GatherMember(const Member& member, Workspace::Seat& seat, metrics::FamilyMerger& merger,
                    Snapshot& snapshot);

  const GathererGroup& group_;
  // Replaced, never changed.
  std::shared_ptr<const MemberList> members_ VITALS_GUARDED_BY(metrics::structure_mutex) =
      std::make_shared<MemberList>();
  Workspaces idle_ VITALS_GUARDED_BY(metrics::structure_mutex);
  metrics::CollectorErrors errors_;
};

absl::Status GathererGroup::Impl::Add(Member member) {
  const std::shared_ptr<Gatherer> gatherer = member.gatherer.lock();
  if (gatherer == nullptr) return absl::InvalidArgumentError("there is no gatherer to add: null");
  if (absl::Status status = Validate(member.options); !status.ok()) return status;
  // One Add at a time in the process: two that cross would close a circle that neither sees.
  static base::Mutex adding;
  const base::MutexLock adding_lock(adding);
  const auto* const group = dynamic_cast<const GathererGroup*>(gatherer.get());
  if (group == &group_ || (group != nullptr && group->impl_->Contains(&group_))) {
    return absl::InvalidArgumentError("the group would contain itself: leave it out");
  }
  member.identity = gatherer.get();
  auto list = std::make_shared<MemberList>();
  Workspaces outdated;  // dies after the lock is given back
  const base::MutexLock lock(metrics::structure_mutex);
  for (const Member& other : *members_) {
    if (other.identity == member.identity && !other.gatherer.expired() &&
        other.options.prefix == member.options.prefix &&
        other.options.const_labels == member.options.const_labels) {
      return absl::AlreadyExistsError(
          "the gatherer is a member with the same prefix and labels: its series would be there "
          "twice");
    }
    if (!other.gatherer.expired()) list->push_back(other);
  }
  list->push_back(std::move(member));
  members_ = std::move(list);
  outdated.swap(idle_);
  return absl::OkStatus();
}

bool GathererGroup::Impl::Remove(const Gatherer* gatherer) {
  auto list = std::make_shared<MemberList>();
  std::shared_ptr<const MemberList> previous;
  Workspaces outdated;
  const base::MutexLock lock(metrics::structure_mutex);
  for (const Member& member : *members_) {
    if (member.identity != gatherer) list->push_back(member);
  }
  if (list->size() == members_->size()) return false;
  previous = std::exchange(members_, std::move(list));
  outdated.swap(idle_);
  return true;
}

bool GathererGroup::Impl::Contains(const Gatherer* gatherer) const {
  const std::shared_ptr<const MemberList> members = Members();
  return std::any_of(members->begin(), members->end(), [&](const Member& member) {
    if (member.identity == gatherer) return true;
    const std::shared_ptr<Gatherer> alive = member.gatherer.lock();
    const auto* const group = dynamic_cast<const GathererGroup*>(alive.get());
    return group != nullptr && group->impl_->Contains(gatherer);
  });
}

std::shared_ptr<const MemberList> GathererGroup::Impl::Members() const {
  const base::MutexLock lock(metrics::structure_mutex);
  return members_;
}

std::unique_ptr<Workspace> GathererGroup::Impl::TakeWorkspace() {
  std::shared_ptr<const MemberList> members;
  {
    const base::MutexLock lock(metrics::structure_mutex);
    if (!idle_.empty()) {
      std::unique_ptr<Workspace> workspace = std::move(idle_.back());
      idle_.pop_back();
      return workspace;
    }
    members = members_;
  }
  return std::make_unique<Workspace>(std::move(members));
}

void GathererGroup::Impl::GiveBack(std::unique_ptr<Workspace> workspace) {
  // Series and descriptions are let go of here, not under the lock, which their owners may take.
  for (Workspace::Seat& seat : workspace->seats) seat.snapshot.Clear();
  const base::MutexLock lock(metrics::structure_mutex);
  if (workspace->members == members_ && idle_.size() < kMaxIdleWorkspaces) {
    idle_.push_back(std::move(workspace));
  }
}

void GathererGroup::Impl::GatherMember(const Member& member, Workspace::Seat& seat,
                                       metrics::FamilyMerger& merger, Snapshot& snapshot) {
  const std::shared_ptr<Gatherer> gatherer = member.gatherer.lock();
  if (gatherer == nullptr) return;
  if (const std::string error = GatherInto(*gatherer, seat.snapshot); !error.empty()) {
    seat.snapshot.Clear();
    errors_.Report(fmt::format("a member of a group threw and is left out: {}", error), snapshot);
    return;
  }
  for (const std::string& error : seat.snapshot.errors()) snapshot.AddError(error);
  const std::span<MetricFamily> families = seat.snapshot.mutable_families();
  seat.rewriter.Truncate(families.size());
  for (std::size_t i = 0; i < families.size(); ++i) {
    if (absl::Status status = seat.rewriter.Rewrite(i, families[i]); !status.ok()) {
      errors_.Report(fmt::format("family \"{}\" of a group's member is left out: {}",
                                 families[i].description().name, std::string(status.message())),
                     snapshot);
    } else {
      merger.Add(families[i]);
    }
  }
}

void GathererGroup::Impl::Gather(Snapshot& snapshot) {
  snapshot.Clear();
  std::unique_ptr<Workspace> workspace = TakeWorkspace();
  workspace->merger.Clear();
  for (std::size_t i = 0; i < workspace->seats.size(); ++i) {
    GatherMember((*workspace->members)[i], workspace->seats[i], workspace->merger, snapshot);
  }
  workspace->merger.Finish(errors_, snapshot);
  GiveBack(std::move(workspace));
}

GathererGroup::GathererGroup() : impl_(std::make_unique<Impl>(*this)) {}
GathererGroup::~GathererGroup() = default;

absl::Status GathererGroup::Add(std::shared_ptr<Gatherer> gatherer, GathererOptions options) {
  Member member = {.gatherer = gatherer, .options = std::move(options)};
  member.owned = std::move(gatherer);
  return impl_->Add(std::move(member));
}

absl::Status GathererGroup::AddWeak(const std::weak_ptr<Gatherer>& gatherer,
                                    GathererOptions options) {
  return impl_->Add({.gatherer = gatherer, .options = std::move(options)});
}

bool GathererGroup::Remove(const Gatherer* gatherer) { return impl_->Remove(gatherer); }

void GathererGroup::Gather(Snapshot& snapshot) { impl_->Gather(snapshot); }

VITALS_NAMESPACE_END
