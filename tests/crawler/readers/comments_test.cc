#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "crawler/readers/comment_marks.h"
#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

struct MarkCase {
  std::string attributes;
  CommentMark mark;
};
class CommentMarkTest : public testing::TestWithParam<MarkCase> {};
TEST_P(CommentMarkTest, IsTold) {
  const HtmlTree tree = HtmlTree::Parse("<div " + GetParam().attributes + ">x</div>");
  NodeId box = tree.Find(0, Tag::kDiv);
  ASSERT_NE(box, kNoNode);
  EXPECT_EQ(CommentMarkOf(tree, box), GetParam().mark) << GetParam().attributes;
}
INSTANTIATE_TEST_SUITE_P(Names, CommentMarkTest,
                         testing::Values(MarkCase{"class='box comment even'", CommentMark::kItem},
                                         MarkCase{"id=comment-12", CommentMark::kItem},
                                         MarkCase{"class=kommentar-item", CommentMark::kItem},
                                         MarkCase{"class=commentItem_3", CommentMark::kItem},
                                         MarkCase{"class=comments-list__item", CommentMark::kItem},
                                         MarkCase{"class=commentaire", CommentMark::kItem},
                                         MarkCase{"itemprop=comment", CommentMark::kItem},
                                         MarkCase{"itemtype='https://schema.org/Comment'",
                                                  CommentMark::kItem},
                                         MarkCase{"class=comment-author", CommentMark::kPart},
                                         MarkCase{"class=commentText", CommentMark::kPart},
                                         MarkCase{"class=comments", CommentMark::kList},
                                         MarkCase{"class=kommentare", CommentMark::kList},
                                         MarkCase{"class=comment-list", CommentMark::kList},
                                         MarkCase{"class=reader-reply", CommentMark::kWeakItem},
                                         MarkCase{"class=comment-form", CommentMark::kNone},
                                         MarkCase{"class=comment-reply-link", CommentMark::kNone},
                                         MarkCase{"class=comments-count", CommentMark::kNone},
                                         MarkCase{"class=recent-comments", CommentMark::kNone},
                                         MarkCase{"class=reply-button", CommentMark::kNone},
                                         MarkCase{"class=content", CommentMark::kNone}));

constexpr std::string_view kArticle =
    "<html><body><article><h1>New blazers at the academy</h1><p>Parents have asked why a new "
    "blazer is to cost eighty-five pounds, twenty more than last year, and why only one shop may "
    "sell it, and nobody at the academy would say so far.</p><p>The trust answered in a letter of "
    "12 November 2026 by Dana Kettle that the cloth is better than it was before, that "
    "help with costs is there for all who ask, and that nobody will be sent home over it.</p>"
    "</article>";

struct CommentList {
  std::string name, html;
  std::size_t comments = 2;
};
class CommentListTest : public testing::TestWithParam<CommentList> {};

TEST_P(CommentListTest, IsReadApartFromTheArticle) {
  const Document document =
      ReadHtml(std::string(kArticle) + GetParam().html + "<footer>The Herald</footer></body>");
  EXPECT_EQ(document.kind, DocumentKind::kArticle);
  ASSERT_EQ(document.posts.size(), 1 + GetParam().comments);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kArticle);
  EXPECT_EQ(document.main_text.find("too dear"), std::string::npos);
  const core::Post& first = document.posts[1];
  EXPECT_EQ(first.kind, core::PostKind::kComment);
  EXPECT_EQ(first.text, "That is far too dear for a jacket.");
  EXPECT_EQ(first.author, "Owen R");
  EXPECT_TRUE(first.published);
  if (GetParam().comments > 1) {
    EXPECT_EQ(document.posts[2].text, "Same here.");
    EXPECT_EQ(document.posts[2].author, "Kit");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, CommentListTest,
    testing::Values(
        CommentList{"OneAlone",
                    "<div class=ce_comments><h3>What do you say?</h3><div class='comment_default "
                    "first last' id=c17><p class=info><span class=author>Owen R</span> wrote:<br>"
                    "<time datetime='2026-11-14T14:25:00Z'>14 November 2026</time></p><div "
                    "class=comment><p>That is far too dear for a jacket.</p></div><div "
                    "class=report_comment><a href='/report/17'>Report</a></div></div></div>",
                    1},
        CommentList{"OneAloneInGerman",
                    "<div class=kommentare><div class=kommentar-item><a name=167></a><div "
                    "class=kommentar-info><div class=benutzer>Owen R</div><div class=datum>"
                    "14.11.2026, 19.18 Uhr</div></div><div class=kommentar-text>That is far too "
                    "dear for a jacket.</div><div class='vote vote-on'><i>4</i></div></div></div>",
                    1},
        CommentList{"NamesAsHeadings",
                    "<section class=community><ul><li class=member id=bb_message_1><a "
                    "class='author person' href='/!ku10/'><h4>Owen R</h4></a><time "
                    "datetime='2026-11-14T20:29:22Z'>14. 11. 2026, 20:29</time><div class=objlink>"
                    "<p>That is far too dear for a jacket.</p></div><ul class=toolbar><li "
                    "class=reply><a>reply</a></li></ul></li><li class=member id=bb_message_2><a "
                    "class='author person' href='/!ku11/'><h4>Kit</h4></a><time "
                    "datetime='2026-11-14T21:29:22Z'>14. 11. 2026, 21:29</time><div class=objlink>"
                    "<p>Same here.</p></div><ul class=toolbar><li class=reply><a>reply</a></li>"
                    "</ul></li></ul></section>"},
        CommentList{"AnswersInListsOfAnotherClass",
                    "<section class=community><ul class=sectbody><li class=member id=m1><a "
                    "class='author person' href='/!ku10/'>Owen R</a><time "
                    "datetime='2026-11-14T20:29:22Z'>14. 11. 2026, 20:29</time><div class=objlink>"
                    "<p>That is far too dear for a jacket.</p></div><ul class=thread><li "
                    "class=member id=m2><a class='author person' href='/!ku11/'>Kit</a><time "
                    "datetime='2026-11-14T21:29:22Z'>14. 11. 2026, 21:29</time><div class=objlink>"
                    "<p>Same here.</p></div></li><li class=member id=m3><a class='author person' "
                    "href='/!ku12/'>Ada</a><time datetime='2026-11-14T22:29:22Z'>14. 11. 2026, "
                    "22:29</time><div class=objlink><p>It was so last year.</p></div></li></ul>"
                    "</li><li class=member id=m4><a class='author person' href='/!ku13/'>Dana</a>"
                    "<time datetime='2026-11-15T20:29:22Z'>15. 11. 2026, 20:29</time><div "
                    "class=objlink><p>Ask the trust, then.</p></div></li></ul></section>",
                    4},
        CommentList{"BareArticlesInASection",
                    "<section id=comments><h2>Readers say</h2><article><a href='/user/5'>Owen R"
                    "</a> <time datetime='2026-11-14T20:29:22Z'>14 Nov 2026</time><p>That is far "
                    "too dear for a jacket.</p></article><article><a href='/user/6'>Kit</a> <time "
                    "datetime='2026-11-15T20:29:22Z'>15 Nov 2026</time><p>Same here.</p></article>"
                    "</section>"},
        CommentList{"OneInAWrapper",
                    "<div class=comments-section><div class=comments-list><div class="
                    "comment-wrapper data-comment-id=17><div class=comment-header><span class="
                    "comment-user>Owen R</span> <span class=comment-date>14 November 2026, 8:01 pm"
                    "</span></div><div class=comment-content><p>That is far too dear for a jacket."
                    "</p></div><div class=comment-score>Score: 4</div><div class=comment-actions>"
                    "<a href='#'>Reply</a></div></div></div></div>",
                    1},
        CommentList{"NamesWithoutAnyMark",
                    "<section class='mt-12 border-t'><h2>2 comments</h2><div class='flex py-4'>"
                    "<div class=flex-1><div class=text-sm><span class=font-semibold>Owen R</span>"
                    "<time class=ml-2 datetime='2026-11-14T20:29:22Z'>3 hours ago</time></div>"
                    "<p class=mt-1>That is far too dear for a jacket.</p><button>Reply</button>"
                    "</div></div><div class='flex py-4'><div class=flex-1><div class=text-sm>"
                    "<span class=font-semibold>Kit</span><time class=ml-2 "
                    "datetime='2026-11-14T21:29:22Z'>2 hours ago</time></div><p class=mt-1>Same "
                    "here.</p><button>Reply</button></div></div></section>"},
        CommentList{"DatesBelowTheWords",
                    "<dl class=replies><dt><a href='/profile/5'>Owen R</a> said...</dt><dd><p>That "
                    "is far too dear for a jacket.</p></dd><dd><a href='#c1'>14 November 2026 at "
                    "20:29</a></dd><dt><a href='/profile/6'>Kit</a> said...</dt><dd><p>Same here."
                    "</p></dd><dd><a href='#c2'>14 November 2026 at 21:29</a></dd></dl>"},
        CommentList{
            "ButtonsInEveryRecord",
            "<div class=feedback><article class=feedback-entry><header><h4>Owen R</h4><time "
            "datetime='2026-11-14T20:29:22Z'>14 Nov 2026</time></header><p>That is far too "
            "dear for a jacket.</p><footer><a href='#'>Reply</a> <a href='#'>Like (3)</a>"
            "</footer></article><article class=feedback-entry><header><h4>Kit</h4><time "
            "datetime='2026-11-14T21:29:22Z'>14 Nov 2026</time></header><p>Same here.</p>"
            "<footer><a href='#'>Reply</a> <a href='#'>Like (0)</a></footer></article>"
            "</div>"},
        CommentList{"TextBeforeName",
                    "<ul class=forum><li class='forum-fil comment odd'><div class=comment-content>"
                    "<p>That is far too dear for a jacket.</p></div><div class=comment-meta><span "
                    "class='comment-author vcard'><strong class=fn>Owen R</strong></span> <abbr "
                    "class=date title='2026-11-14T18:24:56Z'>on 14 November</abbr></div></li>"
                    "<li class='forum-fil comment even'><div class=comment-content><p>Same here."
                    "</p></div><div class=comment-meta><span class='comment-author vcard'><strong "
                    "class=fn>Kit</strong></span> <abbr class=date title='2026-11-14T19:24:56Z'>on "
                    "14 November</abbr></div></li></ul>"}),
    [](const auto& row) { return row.param.name; });

// Many comments that nothing marks as such, under an article of a few lines.
std::string ManyCommentsUnder(std::string_view words) {
  std::string page =
      "<html><head><title>New blazers - Herald</title></head><body><h1>New blazers</h1>"
      "<div class=css-b1><p>" +
      std::string(words) + "</p></div><div class=css-0f>";
  for (int i = 10; i < 50; ++i) {
    const std::string number = std::to_string(i);
    page += "<div class=css-q8w><div class=css-h2><a href='/u/" + number + "'>parent_" + number +
            "</a><span>12 November 2026 09:" + number + "</span></div><div class=css-m3>It was " +
            number +
            " pounds when ours went up, and the shop had none left in the end.</div></div>";
  }
  return page + "</div><footer>Copyright the Herald, all words are its own.</footer></body></html>";
}

TEST(CommentListTest, AnArticleUnderManyCommentsKeepsItsOwnWords) {
  for (const std::string_view words :
       {"Parents at the academy have asked why a new blazer is to cost eighty-five pounds, and "
        "only one shop may sell it.",
        "Parents at the academy have asked why a new blazer is to cost eighty-five pounds, twenty "
        "more than last year, and why only one shop may sell it. The trust answered in a letter "
        "that the cloth is better than it was before, that help with costs is there for all who "
        "ask, and that nobody will be sent home over it. A meeting is to be held in the hall on "
        "Thursday, at which anybody may speak for three minutes and will be answered there."}) {
    const Document document = ReadHtml(ManyCommentsUnder(words));
    ASSERT_EQ(document.posts.size(), 41u);
    EXPECT_EQ(document.posts[0].kind, core::PostKind::kArticle);
    EXPECT_EQ(document.posts[0].text, words);
    EXPECT_EQ(document.posts[0].title, "New blazers");
    EXPECT_EQ(document.posts[1].author, "parent_10");
    EXPECT_NE(document.main_text.find(words), std::string::npos);
  }
}

TEST(CommentListTest, AnEmptyArticleAddsNoPost) {
  EXPECT_EQ(ReadHtml(ManyCommentsUnder("Your say")).posts.size(), 40u);
}

TEST(CommentListTest, TheNewestCommentsOfTheWholeSiteAreNotThePages) {
  const Document document =
      ReadHtml(std::string(kArticle) +
               "<div class=sidebar><ul id=recentcomments><li class=recentcomments><span "
               "class=comment-author>Owen R</span> on <a href='/other'>Parking</a> <time "
               "datetime='2026-11-14T20:29:22Z'>14 Nov 2026</time></li></ul></div></body>");
  ASSERT_EQ(document.posts.size(), 1u);
  EXPECT_EQ(document.posts[0].kind, core::PostKind::kArticle);
}

TEST(CommentListTest, ACommentFormIsNoComment) {
  const Document document =
      ReadHtml(std::string(kArticle) +
               "<div id=comments><div id=respond class=comment-respond><form class=comment-form>"
               "<p class=comment-notes>By <a href='/user/1'>us</a>, 12 Nov 2026: be kind.</p>"
               "<textarea></textarea></form></div></div></body>");
  EXPECT_EQ(document.posts.size(), 1u);
}

}  // namespace
}  // namespace schoolwatch::crawler
