#include "matchers/lexicon.h"

#include <algorithm>
#include <array>

namespace schoolwatch::matchers {
namespace {

constexpr std::array kLexicon{
    LexiconEntry{
        Sense::kSchool,
        "school;schools;schooling;pupil;pupils;student;students;teacher;teachers;headteacher;"
        "headteachers;head teacher;headmaster;headmistress;the head;deputy head;head of year;"
        "teaching assistant;teaching assistants;ofsted;estyn;classroom;homework;sats;gcse;"
        "gcses;a levels;a level;year 1;year 2;year 3;year 4;year 5;year 6;year 7;year 8;"
        "year 9;year 10;year 11;year 12;year 13;yr 1;yr 2;yr 3;yr 4;yr 5;yr 6;yr 7;yr 8;yr 9;"
        "yr 10;yr 11;y1;y2;y3;y4;y5;y6;y7;y8;y9;y10;y11;y12;y13;yr1;yr2;yr3;yr4;yr5;yr6;yr7;yr8;"
        "yr9;yr10;yr11;yr12;yr13;year7;year8;year9;year10;year11;reception class;playground;"
        "assembly;inset;detention;detentions;excluded;exclusion;half term;halfterm;term time;"
        "sixth form;sixth formers;6th form;governors;governor;pta;parents evening;school run;"
        "catchment;admissions;ehcp;ehcps;senco;safeguarding;lunchtime;uniform;uniforms;blazer;"
        "blazers;lesson;lessons;curriculum;phonics;drop off;pick up;home time;hometime;"
        "school gates;class teacher;ks1;ks2;ks3;ks4;learners;learner;provision;residential;"
        "prom;tutor group;form tutor;alternative provision;nursery class;mat;academy trust;"
        "executive head;supply teacher;lollipop lady;lollipop man;dinner lady;dinner ladies;"
        "isolation booth;isolation booths;mocks;results day;open evening;leavers;ysgol;disgyblion;"
        "plant;blant;blwyddyn;athrawes;athro;rhieni;grammar;"
        "primary;academy;juniors;infants;nursery;send;special school;trustees"},
    LexiconEntry{
        Sense::kFamily,
        "kid;kids;child;children;childrens;mum;mums;dad;dads;parent;parents;son;sons;daughter;"
        "daughters;grandson;granddaughter;grandchildren;lad;lads;boy;boys;girl;girls;nephew;"
        "niece;brother;sister;class;classes;head;heads;ta;teenager;teenagers;teens;sir;miss;"
        "staff;bullied;bullying;bully;concert;nativity;little one;toddler;my boy;my girl;"
        "fight;bus;coach;gate;gates;term;bursar;caretaker;principal;choir;club"},
    LexiconEntry{
        Sense::kFollows,
        "school;schools;sch;primary;junior;juniors;jnr;jnrs;jrs;infant;infants;academy;acad;high;"
        "gs;grammar;nursery;college;sixth;6th;kids;kid;pupils;pupil;students;student;parents;"
        "parent;mums;mum;dads;dad;lads;lad;boys;boy;girls;girl;lot;teachers;teacher;staff;head;"
        "headteacher;heads;uniform;blazer;blazers;hoodie;jumper;gates;gate;pta;trust;fed;yutes;"
        "youts;mandem;u11s;u12s;u13s;"
        "u14s;u15s;u16s;"
        "federation;mat;reception;year;yr;yr6;y1;y2;y3;y4;y5;y6;y7;y8;y9;y10;y11;yr7;yr8;yr9;yr10;"
        "yr11;governors;leavers;residential;bus;minibus;playground;field;office;sports;"
        "child;children;families;class;classes;choir;special;ofsted;admissions;catchment;"
        "ce;cep;cofe;rc;catholic;primary's;school's;ukuleles;learners;education;cic;ed;"
        "teaching;website;newsletter;y5;sen;send;6;old;alumni;"
        "cardigan;cardigans;polo;jumpers;nativity;trip;trips;breakfast;cake;coffee;disco;fair;fete;"
        "dsl;"
        "intake;dinners;lunch;netball;football;confessions;exposed;memes;tea;english;swim;"
        "newsletters;"
        "leaver;ex;parent's;assembly;concert;show;play;production;open;teenagers;teens;team"},
    LexiconEntry{
        Sense::kLeadsTo,
        "at;from;to;outside;near;attend;attends;attending;attended;goes;joined;joining;left;"
        "leaving;leave;choose;chose;chosen;inside;thanks;join;with;v;vs;"
        "against;thank"},
    LexiconEntry{Sense::kArticle,
                 "a;an;the;my;your;his;her;our;their;some;any;every;this;that;these;those;more;two;"
                 "three;all;no"},
    LexiconEntry{
        Sense::kOtherThing,
        "road;rd;close;street;lane;ln;avenue;ave;drive;crescent;terrace;gardens;grove;mews;"
        "court;square;inn;arms;hotel;pub;tavern;church;parish;chapel;cathedral;abbey;priory;"
        "hospital;hospice;infirmary;surgery;university;uni;farm;nurseries;florist;florists;"
        "gallery;brewery;roofing;plumbing;haulage;scaffolding;builders;solicitors;llp;ltd;"
        "limited;plc;theatre;cinema;restaurant;cafe;bakery;butchers;bookshop;band;event;"
        "events;fm;radio;bridge;island;bay;lighthouse;ward;united;city;town;rovers;rfc;fc;rugby;"
        "cricket;tower;house;hall;park;estate;manor;barn;cottage;cottages;lodge;mill;woods;"
        "wood;forest;beach;seeds;seed;jelly;jam;cheese;tree;trees;elementary;driving;dance;"
        "ballet;karate;yoga;gym;salon;spa;motors;garage;ai;software;consulting;productions;"
        "records;studios;books;press;schnapps;toys;parkrun;library;museum;festival;gas;cooper;"
        "springs;band's;novel;film;ns;national;bowls;bowl;ct;connecticut;pd;estates;holiday;"
        "churchyard;token;vets;dental;app;tearoom;tearooms;brewing;distillery;winery;vineyard;"
        "colliery;quarry;reservoir;canal;marina;golf;cc;afc;harriers;wanderers;albion;barbers;"
        "hairdressers;nails;beauty;opticians;dentist;dentists;chemist;pharmacy;carpets;kitchens;"
        "bakers;station;airport;roundabout;viaduct;castle;lake;valley;buses;taxis;holidays;"
        "caravans;care home;nursing home;medical centre;medical practice;health centre;"
        "leisure centre;garden centre;community centre;village hall;retail park;business park;"
        "industrial estate;railway station;golf club;social club;rowing club;sailing club;"
        "parish council;housing;lettings;estate agents;funeral directors;removals;cleaners"},
    LexiconEntry{
        Sense::kChurch,
        "church;churchyard;parish;vicar;rector;evensong;mass;midnight mass;bell ringers;ringers;"
        "bells;wedding;weddings;married;bride;groom;confetti;aisle;nave;verger;pew;pews;spire;"
        "organist;congregation;christening;funeral;corbel;chancel;steeple;curate;choral;"
        "cathedral;archdeacon;lead thieves;holy "
        "communion;feast;relic;relics;shrine;pilgrim;pilgrims;"
        "pilgrimage;litany;lancets;stained glass;altar;font;abbot;monastery;patron saint;quarter "
        "peal;peal;graveyard;crypt"},
    LexiconEntry{
        Sense::kHospital,
        "hospital;surgeon;trolley;nhs;maternity;outpatients;a and e;consultant;icu;paramedics;"
        "urgent care;midwife;midwives;ward;wards"},
    LexiconEntry{
        Sense::kUniversity,
        "uni;university;freshers;fresher;campus;undergrad;undergraduate;flatmate;flatmates;"
        "lecturer;lecturers;halls;dissertation;first year;second year;student union;oxbridge"},
    LexiconEntry{
        Sense::kPub,
        "pint;pints;carvery;landlord;landlady;menu;beer garden;beer;ale;barman;pub;chef;"
        "restaurant;hotel;b and b;waitress;bar;steak;roast;tasting;cocktails;cocktail;gin"},
    LexiconEntry{
        Sense::kGarden,
        "seeds;seedlings;cuttings;bloom;blooms;flower;flowers;flowering;prune;"
        "pruning;allotment;allotments;compost;jelly;jam;fruit;greenhouse;perennial;"
        "biennial;rootstock;bonsai;hedgerow;petals;gardening;gardener;slugs;digitalis;blight;"
        "pollinators;bees;grafts;orchard;potted;graft;hawthorn;species;genus;leaves;bark;blossom;"
        "puppy;kitten;my cat;my dog;cockapoo;labrador;spaniel;pony;mare;stallion"},
    LexiconEntry{
        Sense::kStory,
        "novel;novels;film;films;movie;movies;album;gig;gigs;band;tour;author;chapter;storyline;"
        "episode;episodes;character;characters;drummer;bassist;essay;essays;essayist;poem;poet;"
        "soap;radio;serial;sequel;trailer;actress;actor;ballet;opera;book club;killer;villain;"
        "minecraft;xbox;playstation;steam;boss;dlc;trilogy;paperback;lyrics;song;songs;fiction;"
        "ending explained;bbc;podcast rewatch;listeners;ambridge;looking glass;wonderland;"
        "critic;prose;sci "
        "fi;app;starship;anime;manga;fandom;cosplay;spoiler;spoilers;lore;etymology;"
        "surname;hatnote;storyline;plot twist;box set;trailer;expansion pack;deck"},
    LexiconEntry{
        Sense::kSport,
        "striker;goalkeeper;penalty;offside;premier league;championship;defence;free throw;"
        "three points;buzzer;hat trick;back four;midfield;transfer;playoffs;playoff;touchdown;"
        "varsity;prop;scrum"},
    LexiconEntry{
        Sense::kElsewhere,
        "elementary;sophomore;varsity;school district;3rd class;6th class;tusla;gardai;garda;"
        "ontario;jersey;connecticut;texas;ohio;florida;california;new jersey;toronto;dublin;"
        "cork;galway;australia;sydney;melbourne;brisbane;cheerleader;cheerleaders;homecoming;"
        "quarterback;superintendent;ct;usd;outback;prom queen;lockdown drill;pd;moms;mom;"
        "disambiguation;may refer to"},
    LexiconEntry{Sense::kTitle,
                 "mr;mrs;miss;ms;mx;dr;sir;rev;father;sister;professor;prof;lord;lady"},
    LexiconEntry{Sense::kOtherSchool,
                 "primary;academy;school;high;college;grammar;juniors;infants;comprehensive;"
                 "secondary;nursery"},
    LexiconEntry{
        Sense::kCalendar,
        "monday;tuesday;wednesday;thursday;friday;saturday;sunday;january;february;march;april;"
        "may;june;july;august;september;october;november;december;christmas;easter;ofsted;gcse;"
        "sats;i;year;yr;mr;mrs;miss;ms;dr;english;maths;pe;send;sen;reception;the;today;"
        "assembly;uk;england;wales;britain;whatsapp;facebook;instagram;snapchat;tiktok;covid;"
        "world;book;nativity;autumn;spring;summer;winter;school;primary;academy"},
};

// Names of more than a hundred English and Welsh schools each, as canonical words.
constexpr std::array<std::string_view, 58> kDedications{
    "all saints",    "all souls",       "christ church",    "christ the king",  "corpus christi",
    "emmanuel",      "english martyrs", "good shepherd",    "holy cross",       "holy family",
    "holy rood",     "holy trinity",    "immaculate heart", "king edward",      "king edwards",
    "our lady",      "our ladys",       "queen elizabeth",  "queen elizabeths", "sacred heart",
    "st aidans",     "st albans",       "st andrews",       "st annes",         "st anthonys",
    "st augustines", "st bedes",        "st bernadettes",   "st catherines",    "st cuthberts",
    "st davids",     "st edmunds",      "st edwards",       "st francis",       "st georges",
    "st gregorys",   "st helens",       "st hildas",        "st james",         "st johns",
    "st josephs",    "st lukes",        "st margarets",     "st marks",         "st martins",
    "st marys",      "st matthews",     "st michaels",      "st nicholas",      "st oswalds",
    "st patricks",   "st pauls",        "st peters",        "st philips",       "st stephens",
    "st teresas",    "st thomas",       "trinity"};

constexpr std::array<std::string_view, 41> kTypeWords{
    "academy",       "acad",   "centre",      "cic",      "college",    "community",   "comp",
    "comprehensive", "ed",     "education",   "fed",      "federation", "first",       "form",
    "foundation",    "free",   "grammar",     "gs",       "high",       "independent", "infant",
    "infants",       "junior", "juniors",     "learning", "mat",        "middle",      "multi",
    "nursery",       "prep",   "preparatory", "primary",  "sch",        "school",      "schools",
    "secondary",     "sixth",  "special",     "trust",    "upper",      "prus"};

}  // namespace

std::span<const LexiconEntry> Lexicon() { return kLexicon; }

bool IsCommonDedication(std::string_view core_words) {
  return std::ranges::find(kDedications, core_words) != kDedications.end();
}

bool IsTypeWord(std::string_view word) {
  return std::ranges::find(kTypeWords, word) != kTypeWords.end();
}

}  // namespace schoolwatch::matchers
