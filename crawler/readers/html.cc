#include "crawler/readers/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "crawler/readers/article.h"
#include "crawler/readers/cheap_pass.h"
#include "crawler/readers/encoding.h"
#include "crawler/readers/engines.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/html_tree.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/page.h"
#include "crawler/readers/page_links.h"
#include "crawler/readers/records.h"
#include "crawler/readers/stamps.h"
#include "crawler/readers/text.h"
#include "crawler/readers/xml_style.h"

namespace schoolwatch::crawler {
namespace {

constexpr std::size_t kMaxLinks = 20'000;

// A set of records with what was read from it and how much it looks like people's posts.
struct Candidate {
  RecordSet set;
  RecordPosts read;
  double score = 0;
  bool in_comments = false;  // Stands where mark-up says the readers' comments are.
  bool is_review = false;
};

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<RawLink> LinksOf(const HtmlTree& tree) {
  std::vector<RawLink> links;
  for (NodeId id = 0; id < tree.size() && links.size() < kMaxLinks; ++id) {
    const HtmlNode& node = tree[id];
    if (node.is_text || (node.tag != Tag::kA && node.tag != Tag::kLink && node.tag != Tag::kArea)) {
      continue;
    }
    const std::string_view href = tree.Attribute(id, "href");
    if (href.empty()) {
      continue;
    }
    RawLink link;
    link.href = Trim(href);
    link.rel = tree.Attribute(id, "rel");
    link.type = tree.Attribute(id, "type");
    link.is_anchor = node.tag != Tag::kLink;
    link.text = link.is_anchor ? CollapseSpace(PlainText(tree, id))
                               : std::string(tree.Attribute(id, "title"));
    links.push_back(std::move(link));
  }
  return links;
}

bool StandsInComments(const HtmlTree& tree, NodeId id) {
  for (; id != kNoNode; id = tree[id].parent) {
    if (tree[id].tag == Tag::kBody || tree[id].tag == Tag::kHtml) {
      return false;
    }
    if ((HintsOf(tree, id) & kHintComments) != 0 ||
        tree.Attribute(id, "itemtype").ends_with("/Comment")) {
      return true;
    }
  }
  return false;
}

// Microdata's reviews hold the record or stand just inside it.
bool IsReview(const HtmlTree& tree, NodeId id) {
  const NodeId inside = std::min<NodeId>(id + 4, tree[id].end);
  for (NodeId below = id; below < inside; ++below) {
    if (tree.Attribute(below, "itemtype").ends_with("/Review")) {
      return true;
    }
  }
  for (int level = 0; level < 4 && id != kNoNode; ++level, id = tree[id].parent) {
    if (tree.Attribute(id, "itemtype").ends_with("/Review")) {
      return true;
    }
  }
  return false;
}

// The elements that microdata calls posts.
std::vector<NodeId> MicrodataPosts(const HtmlTree& tree, bool& reviews) {
  std::vector<NodeId> roots;
  for (NodeId id = 0; id < tree.size(); ++id) {
    if (tree[id].is_text || tree[id].attributes == 0) {
      continue;
    }
    const std::string_view type = tree.Attribute(id, "itemtype");
    if (type.ends_with("/Comment") || type.ends_with("/UserComments") ||
        type.ends_with("/Answer") || type.ends_with("/Question") || type.ends_with("/Review")) {
      roots.push_back(id);
      reviews = reviews || type.ends_with("/Review");
    }
  }
  return roots;
}

class PageReader {
 public:
  PageReader(const HtmlTree& tree, Page& page, const EngineSet* engines)
      : tree_(tree), page_(page), engines_(engines) {}

  void Fill(Document& document) {
    const std::vector<Stamp> stamps = FindStamps(tree_, page_.dates);
    std::vector<Candidate> candidates = Gather(stamps);
    const Candidate* posts = nullptr;
    const Candidate* teasers = nullptr;
    for (const Candidate& candidate : candidates) {
      const bool headed = candidate.read.teasers * 2 > candidate.read.posts.size();
      const Candidate*& best = headed && !candidate.in_comments ? teasers : posts;
      if (best == nullptr || candidate.score > best->score) {
        best = &candidate;
      }
    }
    document.title = page_.title;
    document.author = page_.author;
    document.published = page_.published;
    Decide(stamps, posts, teasers, document);
  }

 private:
  std::vector<Candidate> Gather(const std::vector<Stamp>& stamps) {
    std::vector<RecordSet> sets = MineRecords(tree_, stamps);
    bool reviews = false;
    std::vector<NodeId> marked = MicrodataPosts(tree_, reviews);
    if (!marked.empty()) {
      sets.push_back(MakeRecordSet(tree_, stamps, std::move(marked), "microdata"));
    }
    AddEngineSets(stamps, sets);
    std::vector<Candidate> candidates;
    for (RecordSet& set : sets) {
      Candidate candidate;
      candidate.read = ReadRecords(page_, stamps, set);
      const RecordPosts& read = candidate.read;
      const std::size_t count = read.posts.size();
      if (count == 0) {
        continue;
      }
      const bool microdata = set.evidence == "microdata";
      const bool engine = set.engine != nullptr;
      candidate.in_comments = engine && set.engine->kind == core::PostKind::kComment;
      candidate.is_review = (engine && set.engine->kind == core::PostKind::kReview) ||
                            (microdata && reviews) || IsReview(tree_, set.records[0].first);
      candidate.in_comments =
          candidate.in_comments || StandsInComments(tree_, set.records[0].first);
      const double author = Share(read.with_author, count);
      const double dated = Share(read.with_date, count);
      candidate.score = static_cast<double>(read.words) * (0.2 + 0.8 * author) *
                        (0.5 + 0.5 * dated) * (1 - Share(read.linked, count)) *
                        (engine      ? 1.5
                         : microdata ? 1.1
                                     : 1.0) *
                        (0.8 + 0.2 * set.in_order);
      candidate.set = std::move(set);
      candidates.push_back(std::move(candidate));
    }
    return candidates;
  }

  void AddEngineSets(const std::vector<Stamp>& stamps, std::vector<RecordSet>& sets) const {
    if (engines_ == nullptr) {
      return;
    }
    const auto all = static_cast<NodeId>(tree_.size());
    for (const auto& engine : *engines_) {
      const bool marked =
          std::any_of(engine->marks.begin(), engine->marks.end(),
                      [&](const Selector& mark) { return mark.First(tree_, 0, all) != kNoNode; });
      if (!marked || !engine->post) {
        continue;
      }
      std::vector<NodeId> posts = engine->post->All(tree_, 0, all);
      if (!posts.empty()) {
        sets.push_back(MakeRecordSet(tree_, stamps, std::move(posts), "engine"));
        sets.back().engine = engine.get();
      }
    }
  }

  static std::vector<NodeRange> RangesOf(const RecordSet& set) {
    std::vector<NodeRange> ranges;
    for (const Record& record : set.records) {
      if (record.outer == Record::kNoRecord) {
        ranges.push_back({record.first, record.end});
      }
    }
    return ranges;
  }

  // Whether records look like what people wrote in turn, not like a list of stories.
  static bool LookLikePosts(const Candidate& candidate) {
    const RecordPosts& read = candidate.read;
    const std::size_t count = read.posts.size();
    if (candidate.set.engine != nullptr) {
      return true;
    }
    if (candidate.in_comments || candidate.set.evidence == "microdata") {
      return read.with_author * 2 >= count || read.with_date * 2 >= count;
    }
    return count >= 2 && read.with_author * 10 >= count * 6 && read.linked * 3 <= count &&
           read.words >= count * 3;
  }

  void Decide(const std::vector<Stamp>& stamps, const Candidate* posts, const Candidate* teasers,
              Document& document) {
    const bool has_posts = posts != nullptr && LookLikePosts(*posts);
    const ArticleText article =
        ExtractArticle(page_, has_posts ? RangesOf(posts->set) : std::vector<NodeRange>());
    const bool use_structured =
        page_.structured_posts.size() >= 2 &&
        (!has_posts || page_.structured_posts.size() > 2 * posts->read.posts.size());
    if (use_structured && !has_posts) {
      document.kind = page_.says_discussion ? DocumentKind::kThread : DocumentKind::kArticle;
    }
    if (has_posts && IsThread(*posts, article)) {
      document.kind = DocumentKind::kThread;
      AddPosts(*posts, core::PostKind::kThreadPost, document);
      for (const core::Post& post : document.posts) {
        document.main_text += document.main_text.empty() ? "" : "\n";
        document.main_text += post.text;
      }
      if (use_structured) {
        document.posts = page_.structured_posts;
      }
      return;
    }
    document.main_text = article.text;
    const bool is_listing = teasers != nullptr && !page_.says_article &&
                            teasers->read.posts.size() >= 3 &&
                            teasers->read.words * 2 > article.words && !has_posts;
    if (is_listing) {
      document.kind = DocumentKind::kListing;
      AddPosts(*teasers, core::PostKind::kEntry, document);
      return;
    }
    if (article.words >= 25 || page_.says_article) {
      document.kind = DocumentKind::kArticle;
      document.posts.push_back(MakeArticle(article, stamps));
    } else {
      document.kind = has_posts || use_structured ? DocumentKind::kThread : DocumentKind::kPage;
      if (document.kind == DocumentKind::kPage && article.words > 0) {
        document.posts.push_back(MakeArticle(article, stamps));
      }
    }
    if (use_structured) {
      for (const core::Post& post : page_.structured_posts) {
        document.posts.push_back(post);
      }
    } else if (has_posts) {
      AddPosts(*posts, core::PostKind::kComment, document);
    }
  }

  bool IsThread(const Candidate& posts, const ArticleText& article) const {
    if (posts.is_review) {
      return article.words < 150;
    }
    if (posts.in_comments && article.words >= 20) {
      return false;
    }
    if (page_.says_discussion) {
      return true;
    }
    if (page_.says_article && article.words >= 40) {
      return false;
    }
    // Popular articles have more words under them than in them.
    return article.words < 60 || (article.words < 150 && posts.read.words > article.words * 2);
  }

  void AddPosts(const Candidate& candidate, core::PostKind kind, Document& document) const {
    for (const core::Post& read : candidate.read.posts) {
      core::Post post = read;
      post.kind = candidate.is_review ? core::PostKind::kReview : kind;
      if (kind == core::PostKind::kThreadPost && post.title.empty()) {
        post.title = page_.title;
      }
      document.posts.push_back(std::move(post));
    }
  }

  core::Post MakeArticle(const ArticleText& article, const std::vector<Stamp>& stamps) {
    core::Post post;
    post.kind = core::PostKind::kArticle;
    post.title = page_.title;
    post.text = article.with_pictures;
    post.author = page_.author;
    post.author_url = page_.author_url;
    post.url = !page_.canonical.empty() ? page_.canonical
               : page_.base             ? page_.base->href()
                                        : std::string();
    post.published = page_.published;
    post.published_text = page_.published_text;
    post.updated = page_.updated;
    post.language = page_.language;
    if (!post.published && post.published_text.empty() && !stamps.empty()) {
      post.published = stamps[0].time;
      post.published_text = stamps[0].shown;
    }
    return post;
  }

  const HtmlTree& tree_;
  Page& page_;
  const EngineSet* engines_;
};

class HtmlReader final : public Reader {
 public:
  core::Result<Document> Read(const RawDocument& raw, const ReadOptions& options) const override {
    if (raw.body.empty()) {
      return core::Fail(core::ErrorKind::kBadInput, "the page is empty");
    }
    const HtmlLimits limits;
    Document document;
    std::string_view body = raw.body;
    if (body.size() > limits.max_bytes) {
      body = body.substr(0, limits.max_bytes);
      document.notes.push_back(fmt::format("only the first {} bytes were read", limits.max_bytes));
    }
    DecodedText decoded = DecodeHtml(body, raw.content_type);
    document.encoding = std::move(decoded.encoding);
    if (auto expanded = ExpandSelfClosing(decoded.text)) {
      decoded.text = std::move(*expanded);
    }
    if (options.gate != nullptr) {
      CheapView view = RunCheapPass(decoded.text, *options.gate, options.gated_links);
      if (!view.may_mention) {
        document.gated_out = true;
        document.title = std::move(view.title);
        document.links = ClassifyLinks(view.links, WithBase(raw.url, view.base));
        return document;
      }
    }
    const HtmlTree tree = HtmlTree::Parse(decoded.text, limits);
    if (!tree.note().empty()) {
      document.notes.push_back(tree.note());
    }
    if (tree.size() == 0) {
      return core::Fail(core::ErrorKind::kBadInput, "the page holds nothing");
    }
    Page page = MakePage(tree, raw.url, options.reference_time);
    PageReader(tree, page, options.engines).Fill(document);
    document.links = ClassifyLinks(LinksOf(tree), page.base);
    return document;
  }

 private:
  static std::optional<core::HttpUrl> WithBase(const std::optional<core::HttpUrl>& url,
                                               const std::string& base) {
    if (base.empty()) {
      return url;
    }
    const auto parsed = url ? core::HttpUrl::Parse(base, *url) : core::HttpUrl::Parse(base);
    return parsed.has_value() ? std::optional<core::HttpUrl>(*parsed) : url;
  }
};

}  // namespace

const ReaderInfo kHtmlReader = {
    "html", "web pages: threads, articles and their comments, reviews, listings",
    []() -> std::unique_ptr<Reader> { return std::make_unique<HtmlReader>(); }};

}  // namespace schoolwatch::crawler
