#include "crawler/readers/page_posts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "crawler/readers/article.h"
#include "crawler/readers/candidates.h"
#include "crawler/readers/feed_xml.h"
#include "crawler/readers/hints.h"
#include "crawler/readers/node_text.h"
#include "crawler/readers/stamps.h"
#include "crawler/readers/text.h"

namespace schoolwatch::crawler {
namespace {

// Fewer words above a thread's posts are a line of the site's own.
constexpr std::size_t kOpenerWords = 15;
constexpr NodeId kBylineNodes = 20;

std::vector<NodeRange> RangesOf(const Candidate* candidate) {
  std::vector<NodeRange> ranges;
  if (candidate == nullptr) {
    return ranges;
  }
  for (const Record& record : candidate->set.records) {
    if (record.outer == Record::kNoRecord) {
      ranges.push_back({record.first, record.end});
    }
  }
  return ranges;
}

// Whether most records of one set stand inside records of the other.
bool StandInside(const Candidate& inner, const Candidate& outer) {
  std::size_t inside = 0;
  for (const Record& record : inner.set.records) {
    const auto& around = outer.set.records;
    auto after = std::upper_bound(around.begin(), around.end(), record.first,
                                  [](NodeId node, const Record& one) { return node < one.first; });
    if (after == around.begin()) {
      continue;
    }
    for (auto at = static_cast<std::size_t>(after - around.begin()) - 1;;) {
      if (record.first < around[at].end) {
        ++inside;
        break;
      }
      if (around[at].outer == Record::kNoRecord) {
        break;
      }
      at = around[at].outer;
    }
  }
  return inside * 2 > inner.set.records.size();
}

class PageReader {
 public:
  PageReader(Page& page, const EngineSet* engines) : page_(page), engines_(engines) {}

  void Fill(Document& document) {
    const std::vector<Stamp> stamps = FindStamps(page_.tree, page_.dates);
    const std::vector<Candidate> candidates = GatherCandidates(page_, stamps, engines_);
    const Candidate* posts = nullptr;
    const Candidate* comments = nullptr;
    const Candidate* teasers = nullptr;
    const auto keep_better = [](const Candidate*& best, const Candidate& candidate) {
      if (best == nullptr || candidate.score > best->score) {
        best = &candidate;
      }
    };
    for (const Candidate& candidate : candidates) {
      const bool headed = candidate.read.teasers * 2 > candidate.read.posts.size();
      if (headed && !candidate.in_comments) {
        keep_better(teasers, candidate);
      } else if (LookLikePosts(candidate)) {
        keep_better(posts, candidate);
        if (candidate.in_comments) {
          keep_better(comments, candidate);
        }
      }
    }
    document.title = page_.title;
    document.author = page_.author;
    document.published = page_.published;
    if (comments != nullptr && comments != posts && MayBeArticleAbove(*comments, *posts)) {
      posts = comments;
    }
    Decide(stamps, posts, teasers, document);
  }

 private:
  // Articles hold much that repeats with dates and names. What is marked as comments then is
  // meant, unless it hangs below posts, as on pages of questions and answers.
  bool MayBeArticleAbove(const Candidate& comments, const Candidate& posts) const {
    const bool thread_engine =
        posts.set.engine != nullptr && posts.set.engine->kind == core::PostKind::kThreadPost;
    return !thread_engine && !posts.is_review && !page_.says_discussion &&
           !StandInside(comments, posts);
  }

  void Decide(const std::vector<Stamp>& stamps, const Candidate* posts, const Candidate* teasers,
              Document& document) {
    const bool has_posts = posts != nullptr;
    const ArticleText article = ExtractArticle(page_, RangesOf(posts));
    const bool use_structured = UseStructured(posts, article);
    if (use_structured && !has_posts) {
      document.kind = page_.says_discussion ? DocumentKind::kThread : DocumentKind::kArticle;
    }
    if (has_posts && IsThread(*posts, article)) {
      document.kind = DocumentKind::kThread;
      AddOpener(stamps, *posts, article, document);
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
      document.posts.push_back(MakeArticle(article, stamps, posts));
      document.author = document.posts[0].author;
      document.published = document.posts[0].published;
    } else {
      document.kind = has_posts || use_structured ? DocumentKind::kThread : DocumentKind::kPage;
      if (document.kind == DocumentKind::kPage && article.words > 0) {
        document.posts.push_back(MakeArticle(article, stamps, posts));
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

  // JSON-LD's posts, where they say more than the page shows.
  bool UseStructured(const Candidate* posts, const ArticleText& article) const {
    const std::vector<core::Post>& structured = page_.structured_posts;
    if (structured.empty()) {
      return false;
    }
    if (posts != nullptr) {
      return structured.size() >= 2 && structured.size() > 2 * posts->read.posts.size();
    }
    // One alone is often the article once more.
    return structured.size() >= 2 || structured[0].kind == core::PostKind::kComment ||
           article.words < 25;
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

  // What the thread is about often stands above it in another shape than the posts: an article, a
  // petition, a question. Engines and mark-up name all posts themselves.
  void AddOpener(const std::vector<Stamp>& stamps, const Candidate& posts,
                 const ArticleText& article, Document& document) const {
    if (posts.set.evidence != "repetition" || posts.is_review || article.words < kOpenerWords) {
      return;
    }
    // Only what stands above: rules and forms stand below.
    std::vector<NodeRange> excluded = RangesOf(&posts);
    excluded.push_back({excluded[0].first, static_cast<NodeId>(page_.tree.size())});
    const ArticleText above = ExtractArticle(page_, excluded);
    const bool headed = above.root != kNoNode && IsBelowMainHeading(above.root);
    if (headed && above.words >= kOpenerWords) {
      document.posts.push_back(MakeArticle(above, stamps, &posts));
    }
  }

  // Boxes above the page's heading, or on pages without one, are the site's words.
  bool IsBelowMainHeading(NodeId root) const {
    const HtmlTree& tree = page_.tree;
    const NodeId heading = tree.Find(0, Tag::kH1);
    return heading != kNoNode && (heading < root || tree.Contains(root, heading));
  }

  void AddPosts(const Candidate& candidate, core::PostKind kind, Document& document) const {
    for (const core::Post& read : candidate.read.posts) {
      core::Post post = read;
      // An article's readers comment, whatever their posts are called.
      const bool said = !candidate.set.parts.empty() && kind == core::PostKind::kThreadPost;
      post.kind = candidate.is_review ? core::PostKind::kReview : said ? post.kind : kind;
      if (kind == core::PostKind::kThreadPost && post.title.empty()) {
        post.title = page_.title;
      }
      document.posts.push_back(std::move(post));
    }
  }

  core::Post MakeArticle(const ArticleText& article, const std::vector<Stamp>& stamps,
                         const Candidate* comments) const {
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
    if (!post.published && post.published_text.empty()) {
      // The first date that is not a comment's.
      const std::vector<NodeRange> taken = RangesOf(comments);
      const auto own = std::find_if(stamps.begin(), stamps.end(), [&](const Stamp& stamp) {
        return std::none_of(taken.begin(), taken.end(), [&](const NodeRange& range) {
          return stamp.node >= range.first && stamp.node < range.end;
        });
      });
      if (own != stamps.end()) {
        post.published = own->time;
        post.published_text = own->shown;
        if (post.author.empty()) {
          SetAuthorBeside(own->node, post);
        }
      }
    }
    return post;
  }

  // A link to a member's page in the same line as the date.
  void SetAuthorBeside(NodeId stamp, core::Post& post) const {
    const HtmlTree& tree = page_.tree;
    const NodeId box = tree[stamp].parent;
    if (box == kNoNode || tree[box].end - box > kBylineNodes) {
      return;
    }
    for (NodeId id = box; id < tree[box].end; ++id) {
      if (tree[id].is_text || tree[id].tag != Tag::kA ||
          !IsPersonLink(tree.Attribute(id, "href"))) {
        continue;
      }
      std::string name = CollapseSpace(PlainText(tree, id));
      if (!name.empty() && CountWords(name) <= 5) {
        post.author = std::move(name);
        post.author_url = ResolveLink(tree.Attribute(id, "href"), page_.base);
        return;
      }
    }
  }

  Page& page_;
  const EngineSet* engines_;
};

}  // namespace

void FillDocument(Page& page, const EngineSet* engines, Document& document) {
  PageReader(page, engines).Fill(document);
}

}  // namespace schoolwatch::crawler
