#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/crawler/readers/read_page.h"

namespace schoolwatch::crawler {
namespace {

struct Said {
  std::string id, author, date, text, quoted;
};

const std::vector<Said>& Conversation() {
  static const std::vector<Said> kSaid = {
      {"101", "dana_k", "12 Nov 2026, 09:15",
       "Has anybody had a letter about the new blazers? Eighty-five pounds each is far too much.",
       ""},
      {"102", "owen.r", "12 Nov 2026, 10:40", "Yes. Ours came on Monday.",
       "Has anybody had a letter?"},
      {"103", "dana_k", "13 Nov 2026, 08:02",
       "I rang the office twice and nobody would tell me where the money goes to in the end.", ""},
      {"104", "Kit", "14 Nov 2026, 21:30", "Same here.", ""}};
  return kSaid;
}

std::string Replace(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// A page of the conversation: `record` with {id}, {author}, {date}, {text} and {quote} filled in.
std::string ThreadPage(const std::string& record, const std::string& quote,
                       const std::string& before, const std::string& after) {
  std::string page =
      "<!DOCTYPE html><html lang=en><head><title>Blazers - Quillbrook Forum</title></head><body>"
      "<div id=nav><a href=/>Home</a> <a href=/forums>Forums</a></div><h1>New blazers at the "
      "academy</h1>" +
      before;
  for (const Said& said : Conversation()) {
    std::string one = record;
    one = Replace(one, "{quote}", said.quoted.empty() ? "" : Replace(quote, "{text}", said.quoted));
    one = Replace(one, "{id}", said.id);
    one = Replace(one, "{author}", said.author);
    one = Replace(one, "{date}", said.date);
    page += Replace(one, "{text}", said.text);
  }
  return page + after +
         "<div class=footer>Powered by nobody. All times are UTC. Contact us.</div></body></html>";
}

struct Layout {
  std::string name, record, quote, before, after, permalink;
};
class ThreadLayoutTest : public testing::TestWithParam<Layout> {};

TEST_P(ThreadLayoutTest, EveryPostWithItsPartsAndNothingElse) {
  const Layout& layout = GetParam();
  const Document document =
      ReadHtml(ThreadPage(layout.record, layout.quote, layout.before, layout.after));
  EXPECT_EQ(document.kind, DocumentKind::kThread);
  EXPECT_EQ(document.title, "New blazers at the academy");
  ASSERT_EQ(document.posts.size(), Conversation().size());
  for (std::size_t i = 0; i < document.posts.size(); ++i) {
    const core::Post& post = document.posts[i];
    const Said& said = Conversation()[i];
    EXPECT_EQ(post.kind, core::PostKind::kThreadPost);
    EXPECT_EQ(post.author, said.author);
    EXPECT_EQ(post.text, said.text);
    EXPECT_EQ(post.published_text, said.date);
    ASSERT_TRUE(post.published) << said.id;
    EXPECT_NE(post.quoted.find(said.quoted), std::string::npos);
    EXPECT_EQ(post.url, Replace(layout.permalink, "{id}", said.id));
    EXPECT_EQ(post.language, "en");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, ThreadLayoutTest,
    testing::Values(
        Layout{"PhpbbLike",
               "<div id=p{id} class='post bg1'><div class=inner><dl class=postprofile><dt><a "
               "href='./memberlist.php?mode=viewprofile&u=7' class=username>{author}</a></dt>"
               "<dd>Posts: 12</dd><dd>Joined: Tue Mar 03, 2015 7:01 pm</dd></dl>"
               "<div class=postbody><h3><a href='#p{id}'>Re: New blazers</a></h3><p class=author>"
               "<a href='./viewtopic.php?p={id}#p{id}'>Post</a> by <strong>{author}</strong> » "
               "<time datetime='2026-11-12T09:15:00+00:00'>{date}</time></p>"
               "<div class=content>{quote}{text}</div><div class=signature>Mind how you go</div>"
               "</div></div></div>",
               "<blockquote><div><cite>dana_k wrote:</cite>{text}</div></blockquote>",
               "<div id=page-body>", "</div>",
               "https://forum.example/thread/viewtopic.php?p={id}#p{id}"},
        Layout{"XenforoLike",
               "<article class='message message--post' data-author='{author}' id='js-post-{id}'>"
               "<div class=message-cell--user><h4 class=message-name><a href='/members/x.{id}/' "
               "class=username>{author}</a></h4><h5 class=userTitle>Active member</h5></div>"
               "<div class=message-main><header class=message-attribution><ul><li><a "
               "href='/threads/blazers.7/#post-{id}' rel=nofollow><time class=u-dt "
               "datetime='2026-11-12T09:15:00+0000'>{date}</time></a></li></ul></header>"
               "<div class=message-body><div class=bbWrapper>{quote}{text}</div></div>"
               "<footer class=message-footer><a class=actionBar-action href='/posts/{id}/report'>"
               "Report</a> <a href='/posts/{id}/quote'>Quote</a></footer></div></article>",
               "<blockquote class=bbCodeBlock--quote>{text}</blockquote>", "<div class=block-body>",
               "</div>", "https://forum.example/threads/blazers.7/#post-{id}"},
        Layout{"OldTables",
               "<table id=post{id} class=tborder><tr><td class=thead><a name=post{id}></a>{date}"
               "</td><td class=thead><a href='showpost.php?p={id}#post{id}'>#1</a></td></tr>"
               "<tr><td class=alt2><a class=bigusername href='member.php?u=4'>{author}</a>"
               "<div class=smallfont>Member</div><div>Join Date: Mar 2015</div></td>"
               "<td class=alt1><div id=post_message_{id}>{quote}{text}</div></td></tr></table>",
               "<div class=quote_box>{text}</div>", "<div id=posts>", "</div>",
               "https://forum.example/thread/showpost.php?p={id}#post{id}"},
        Layout{
            "RowsOfSiblings",
            "<dt class=comhead><a name=c{id}></a><a href='/user/{author}'>{author}</a> wrote on "
            "<a href='/thread/7#c{id}'>{date}</a></dt><dd class=comtext>{quote}<p>{text}</p></dd>",
            "<blockquote>{text}</blockquote>", "<dl id=list>", "</dl>",
            "https://forum.example/thread/7#c{id}"}),
    [](const auto& row) { return row.param.name; });

TEST(ThreadTest, RepliesInsideRepliesAreRecordsOfTheirOwn) {
  const std::string page =
      "<html><body><h1>Parking at the gates</h1><ul class=commentlist>"
      "<li id=comment-1 class=comment><div class=body><b class=fn>Dana</b> "
      "<time datetime='2026-11-12T09:15:00Z'>12 Nov</time><p>Cars everywhere again this morning."
      "</p></div><ul class=children>"
      "<li id=comment-2 class=comment><div class=body><b class=fn>Owen</b> "
      "<time datetime='2026-11-12T10:00:00Z'>12 Nov</time><p>It was worse on Tuesday, I think.</p>"
      "</div></li></ul></li>"
      "<li id=comment-3 class=comment><div class=body><b class=fn>Kit</b> "
      "<time datetime='2026-11-13T10:00:00Z'>13 Nov</time><p>Walk, then.</p></div></li>"
      "</ul></body></html>";
  const Document document = ReadHtml(page);
  ASSERT_EQ(document.posts.size(), 3u);
  EXPECT_EQ(document.posts[0].text, "Cars everywhere again this morning.");
  EXPECT_EQ(document.posts[0].id, "comment-1");
  EXPECT_EQ(document.posts[1].text, "It was worse on Tuesday, I think.");
  EXPECT_EQ(document.posts[1].parent, "comment-1");
  EXPECT_EQ(document.posts[2].parent, "");
  EXPECT_EQ(document.posts[2].author, "Kit");
}

TEST(ThreadTest, ThreadsForReadersWithoutScriptsAreRead) {
  std::string page = "<html><body><div id=app></div><noscript>";
  for (const Said& said : Conversation()) {
    page +=
        "<div itemprop=comment itemscope itemtype='http://schema.org/Comment' class=post>"
        "<span itemprop=author itemscope><a itemprop=url href='/u/" +
        said.author + "'><span itemprop=name>" + said.author +
        "</span></a></span><time itemprop=datePublished datetime='2026-11-12T09:15:00Z'>" +
        said.date + "</time><div itemprop=text><p>" + said.text + "</p></div></div>";
  }
  const Document document = ReadHtml(page + "</noscript></body></html>");
  ASSERT_EQ(document.posts.size(), Conversation().size());
  EXPECT_EQ(document.posts[3].text, "Same here.");
  EXPECT_EQ(document.posts[3].author, "Kit");
  EXPECT_EQ(document.posts[3].author_url, "https://forum.example/u/Kit");
}

TEST(ThreadTest, AFirstPostOfItsOwnClassIsAPostLikeTheOthers) {
  for (const char* first : {"post post--op", "post opening", "op post"}) {
    const std::string page =
        "<html><body><h1>New blazers</h1><div class=thread><div class='" + std::string(first) +
        "' data-post=990><div class=head><span class=nickname>starter</span> <span title="
        "'2026-11-12T07:01:00Z'>12/11/2026 07:01</span></div><div class=words>Has anybody had a "
        "letter about the new blazers, which are far too dear for us?</div></div><div class=post "
        "data-post=991><div class=head><span class=nickname>Owen R</span> <span title="
        "'2026-11-12T08:00:00Z'>12/11/2026 08:00</span></div><div class=words>Yes, and it was no "
        "use to ring the office about it.</div></div></div></body></html>";
    const Document document = ReadHtml(page);
    ASSERT_EQ(document.posts.size(), 2u) << first;
    EXPECT_EQ(document.posts[0].author, "starter");
    EXPECT_EQ(document.posts[0].id, "990");
    EXPECT_EQ(document.posts[1].text, "Yes, and it was no use to ring the office about it.");
  }
}

TEST(ThreadTest, WhoWroteWhenIsCutFromWordsWithoutElementsOfTheirOwn) {
  std::string page = "<html><body><h1>Guest book</h1>";
  for (const Said& said : Conversation()) {
    page +=
        "<p><b>" + said.author + "</b> wrote on " + said.date + ":<br>" + said.text + "</p><hr>";
  }
  const Document document = ReadHtml(page + "</body></html>");
  ASSERT_EQ(document.posts.size(), Conversation().size());
  for (std::size_t i = 0; i < document.posts.size(); ++i) {
    EXPECT_EQ(document.posts[i].text, Conversation()[i].text);
    EXPECT_EQ(document.posts[i].author, Conversation()[i].author);
  }
}

TEST(ThreadTest, AQuestionAboveItsAnswersIsReadWithItsAsker) {
  std::string page =
      "<html><body><div class=question><h1>Who sells blazers?</h1><div class=q-body><p>The only "
      "shop in the town has none left, and the term has begun. Does anybody know of another one "
      "that may sell them?</p></div><div class=q-by>asked 12 Nov 2026, 09:15 by <a "
      "href=/users/1>dana_k</a></div></div><h2>4 answers</h2>";
  for (const Said& said : Conversation()) {
    page += "<div class=answer id=a" + said.id + "><div class=a-body><p>" + said.text +
            "</p></div><div class=a-by>answered " + said.date + " by <a href='/users/" + said.id +
            "'>" + said.author + "</a></div></div>";
  }
  const Document document = ReadHtml(page + "</body></html>");
  ASSERT_EQ(document.posts.size(), Conversation().size() + 1);
  EXPECT_EQ(document.posts[0].author, "dana_k");
  EXPECT_TRUE(document.posts[0].text.starts_with("The only shop"));
  EXPECT_EQ(document.posts[4].author, "Kit");
}

TEST(ThreadTest, JsonLdGivesPostsThatThePageDoesNotShow) {
  const Document document = ReadHtml(
      "<html><head><script type='application/ld+json'>{\"@type\":\"DiscussionForumPosting\","
      "\"headline\":\"Blazers\",\"text\":\"Eighty-five\npounds\",\"url\":\"/t/"
      "7\",\"author\":{\"name\":"
      "\"dana_k\"},\"datePublished\":\"2026-11-12T09:15:00Z\",\"comment\":[{\"@type\":\"Comment\","
      "\"text\":\"Too &amp; much\",\"author\":[{\"name\":\"Owen\"}]}]}</script></head>"
      "<body><div id=root></div></body></html>");
  EXPECT_EQ(document.kind, DocumentKind::kThread);
  ASSERT_EQ(document.posts.size(), 2u);
  EXPECT_EQ(document.posts[0].text, "Eighty-five pounds");
  EXPECT_EQ(document.posts[0].author, "dana_k");
  EXPECT_EQ(document.posts[1].text, "Too & much");
  EXPECT_EQ(document.posts[1].kind, core::PostKind::kComment);
  EXPECT_EQ(document.posts[1].parent, "https://forum.example/t/7");
}

TEST(ThreadTest, PagesOfXmlToolsAreReadToTheirEnd) {
  std::string page = ThreadPage(
      "<div id='p{id}' class='post'><a href='/user/{author}' class='author'>{author}</a>"
      "<span class='when'>{date}</span><div class='content'>{quote}{text}</div></div>",
      "<blockquote>{text}</blockquote>", "<iframe src='/counter'/><div>", "</div>");
  EXPECT_EQ(ReadHtml(page).posts.size(), Conversation().size());
}

}  // namespace
}  // namespace schoolwatch::crawler
