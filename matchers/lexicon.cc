#include "matchers/lexicon.h"

#include <algorithm>
#include <array>

namespace schoolwatch::matchers {
namespace {

constexpr std::array kLexicon{
    LexiconEntry{
        Sense::kSchool,
        "school;schools;schooling;pupil;pupils;student;students;teacher;teachers;headmaster;"
        "headmistress;the head;classroom;classrooms;homework;half term;halfterm;term time;"
        "exclusion;assembly;lesson;lessons;curriculum;safeguarding;lunchtime;drop off;pick up;"
        "learners;learner;provision;residential;prom;academy trust;executive head;inset;"
        "admissions;alternative provision;results day;open evening;leavers;ysgol;disgyblion;"
        "blwyddyn;athrawes;athro;rhieni;grammar;primary;academy;juniors;infants;nursery;"
        "special school;special schools;trustees;packed lunch;packed lunches;attendance;"
        "timetable;corridor;corridors;teach;teaching;first years;preschool;pre school;"
        "schoolgirl;schoolboy;schoolkids;schoolchildren;secondary;school bus;school office;"
        "gcse;gcses;a level;a levels"},
    LexiconEntry{
        Sense::kStrongSchool,
        "year 1;yr 1;y1;yr1;year1;year 1s;yr 1s;y1s;yr1s;year 2;yr 2;y2;yr2;year2;year 2s;"
        "yr 2s;y2s;yr2s;year 3;yr 3;y3;yr3;year3;year 3s;yr 3s;y3s;yr3s;year 4;yr 4;y4;yr4;"
        "year4;year 4s;yr 4s;y4s;yr4s;year 5;yr 5;y5;yr5;year5;year 5s;yr 5s;y5s;yr5s;year 6;"
        "yr 6;y6;yr6;year6;year 6s;yr 6s;y6s;yr6s;year 7;yr 7;y7;yr7;year7;year 7s;yr 7s;y7s;"
        "yr7s;year 8;yr 8;y8;yr8;year8;year 8s;yr 8s;y8s;yr8s;year 9;yr 9;y9;yr9;year9;year 9s;"
        "yr 9s;y9s;yr9s;year 10;yr 10;y10;yr10;year10;year 10s;yr 10s;y10s;yr10s;year 11;yr 11;"
        "y11;yr11;year11;year 11s;yr 11s;y11s;yr11s;year 12;yr 12;y12;yr12;year12;year 12s;"
        "yr 12s;y12s;yr12s;year 13;yr 13;y13;yr13;year13;year 13s;yr 13s;y13s;yr13s;year one;"
        "year two;year three;year four;year five;year six;year seven;year eight;year nine;"
        "year ten;year eleven;year twelve;year thirteen;year sixes;year sevens;year elevens;"
        "reception class;reception classes;in reception;for reception;starting reception;"
        "starts reception;reception year;reception place;reception places;reception kids;"
        "reception teacher;reception children;nursery class;nursery children;ks1;ks2;ks3;ks4;"
        "ks5;key stage 1;key stage 2;key stage 3;key stage 4;headteacher;headteachers;"
        "head teacher;head teachers;deputy head;deputy heads;assistant head;head of year;"
        "heads of year;head of maths;head of english;head of science;head of pe;form tutor;"
        "form teacher;class teacher;teaching assistant;teaching assistants;tas;hlta;lsa;senco;"
        "sendco;supply teacher;supply teachers;cover teacher;cover teachers;maths teacher;"
        "english teacher;science teacher;pe teacher;geography teacher;geog teacher;"
        "history teacher;drama teacher;music teacher;art teacher;french teacher;welsh teacher;"
        "rs teacher;re teacher;dt teacher;pta;ptfa;pfa;parents evening;parents association;"
        "governors;governor;chair of governors;staffroom;staff room;uniform;uniforms;blazer;"
        "blazers;book bag;book bags;bookbag;bookbags;pe kit;pe kits;pe lesson;school jumper;"
        "school tie;school trip;ofsted;estyn;sats;btec;mocks;mock exams;eleven plus;11 plus;"
        "11plus;phonics;spellings;reading record;sixth form;sixth former;sixth formers;"
        "6th form;6th former;6th formers;tutor group;tutor time;form room;playground;detention;"
        "detentions;in assembly;end of term;inset day;inset days;excluded;excluding;"
        "permanently excluded;isolation booth;isolation booths;isolation room;behaviour points;"
        "reflection room;school run;school gates;school gate;home time;hometime;"
        "after school club;afterschool club;breakfast club;canteen;dinner lady;dinner ladies;"
        "lunchtime supervisor;lollipop lady;lollipop man;catchment;ehcp;ehcps;sen;"
        "world book day;sports day;non uniform day;non school uniform;mufti day;nativity;"
        "school play;leavers assembly;leavers hoodie;leavers hoodies;school council;geog;"
        "food tech;form class;pgce;ect;nqt;science block;maths block;sports hall;"
        "school dinners;school dinner"},
    LexiconEntry{
        Sense::kFamily,
        "kid;kids;child;children;childrens;mum;mums;dad;dads;parent;parents;son;sons;daughter;"
        "daughters;grandson;granddaughter;grandchildren;lad;lads;boy;boys;girl;girls;nephew;"
        "niece;brother;sister;class;classes;head;heads;ta;teenager;teenagers;teens;sir;miss;"
        "staff;bullied;bullying;bully;concert;nativity;little one;toddler;my boy;my girl;fight;"
        "bus;coach;gate;gates;term;bursar;caretaker;principal;choir;club;minibus;coaches"},
    LexiconEntry{
        Sense::kFollows,
        "school;schools;sch;primary;junior;juniors;jnr;jnrs;jrs;infant;infants;academy;acad;"
        "high;gs;grammar;nursery;college;sixth;6th;kids;kid;pupils;pupil;students;student;"
        "parents;parent;mums;mum;dads;dad;lads;lad;boys;boy;girls;girl;lot;teachers;teacher;"
        "staff;head;headteacher;heads;uniform;blazer;blazers;hoodie;jumper;gates;gate;pta;"
        "trust;fed;yutes;youts;mandem;u11s;u12s;u13s;u14s;u15s;u16s;federation;mat;reception;"
        "year;yr;yr6;y1;y2;y3;y4;y5;y6;y7;y8;y9;y10;y11;yr7;yr8;yr9;yr10;yr11;governors;"
        "leavers;residential;bus;minibus;playground;field;office;sports;child;children;"
        "families;class;classes;choir;special;ofsted;admissions;catchment;ce;cep;cofe;rc;"
        "catholic;primary's;school's;ukuleles;learners;education;cic;ed;teaching;website;"
        "newsletter;sen;send;6;old;alumni;cardigan;cardigans;polo;jumpers;nativity;trip;trips;"
        "breakfast;cake;coffee;disco;fair;fete;dsl;intake;dinners;lunch;netball;football;"
        "confessions;exposed;memes;tea;english;swim;newsletters;leaver;ex;parent's;assembly;"
        "concert;show;play;production;open;teenagers;teens;team;yr1;year1;y1s;yr1s;yr2;year2;"
        "y2s;yr2s;yr3;year3;y3s;yr3s;yr4;year4;y4s;yr4s;yr5;year5;y5s;yr5s;year6;y6s;yr6s;"
        "year7;y7s;yr7s;year8;y8s;yr8s;year9;y9s;yr9s;year10;y10s;yr10s;year11;y11s;yr11s;y12;"
        "yr12;year12;y12s;yr12s;y13;yr13;year13;y13s;yr13s;years;yrs;pfa;ptfa;governor;trustee;"
        "trustees;staffroom;sweatshirt;sweatshirts;book bag;book bags;bookbag;bookbags;pe kit;"
        "pe kits;tie;ties;fleece;rucksack;lanyard;canteen;kitchen staff;food tech;design tech;"
        "dinner;dinner lady;dinner ladies;packed lunch;packed lunches;caretaker;bursar;"
        "receptionist;ta;tas;tutor;senco;sendco;slt;chair of governors;deputy;deputy head;"
        "sixth formers;6th formers;sixth former;geog;geography;maths;science;drama;pe;"
        "history department;english department;maths department;science department;summer fair;"
        "summer fete;christmas fair;christmas fayre;xmas fair;spring fair;autumn fair;"
        "winter fair;summer fayre;fayre;bake sale;cake sale;parents evening;parents evenings;"
        "open evening;sports day;prom;world book day;book fair;dance show;after school club;"
        "afterschool club;breakfast club;holiday club;homework club;film club;book club;"
        "minecraft club;chess club;coding club;art club;drama club;craft club;lego club;"
        "gardening club;cooking club;science club;lunch club;school run;drop off;pick up;"
        "pickup;playing field;playing fields;sports hall;bus stop;corridor;corridors;"
        "lollipop lady;lollipop man;attendance;timetable;homework;detention;detentions;"
        "exclusions;spellings;behaviour policy;uniform policy;confession;fights;fight page;"
        "fit list;fitlist;spotted;baddies;leaks;glow ups;glow downs;crushes;melts;neeks;"
        "little ones;netballers;footballers;under 11s;under 12s;under 13s;under 14s;under 15s;"
        "under 16s;u7s;u8s;u9s;u10s;u17s;u18s;rugby lads;netball girls;football team;"
        "netball team;cricket team;swimming team;hockey team;chess team"},
    LexiconEntry{
        Sense::kLeadsTo,
        "at;from;to;outside;near;attend;attends;attending;attended;goes;joined;joining;left;"
        "leaving;leave;choose;chose;chosen;inside;thanks;join;with;v;vs;against;thank;i go;"
        "u go;you go;she go;he go;we go;they go;kids go;i went;she went;he went;started at;"
        "starts at"},
    LexiconEntry{
        Sense::kActs,
        "kicks out;kicked out;kick out;kicking out;lets out;let out;chucks out;chucking out;"
        "breaks up;broke up;fined;fines;excluded;excludes;expelled;suspended;"
        "permanently excluded;sent home;sent her home;sent him home;sent them home;sent my;"
        "reopens;reopened;has reopened;closes early;closed early"},
    LexiconEntry{
        Sense::kPersonDoes,
        "wrote;writes;thought;thinks;bit;cried;cries;lied;loved;knew;took;argued;argues;believed;"
        "scored;scores;bowled;smiled;laughed;sang;slept;woke;famously;died;married;kissed;sighed"},
    LexiconEntry{Sense::kArticle,
                 "a;an;the;my;your;his;her;our;their;some;any;every;this;that;these;those;more;two;"
                 "three;all;no"},
    LexiconEntry{
        Sense::kOtherThing,
        "road;rd;close;street;lane;ln;avenue;ave;drive;crescent;terrace;gardens;grove;mews;"
        "court;square;inn;arms;hotel;pub;tavern;church;parish;chapel;cathedral;abbey;priory;"
        "hospital;hospice;infirmary;surgery;university;uni;farm;nurseries;florist;florists;"
        "gallery;brewery;roofing;plumbing;haulage;scaffolding;builders;solicitors;llp;ltd;"
        "limited;plc;theatre;cinema;restaurant;cafe;bakery;butchers;bookshop;band;event;events;"
        "fm;radio;bridge;island;bay;lighthouse;ward;united;city;town;rovers;rfc;fc;rugby;"
        "cricket;tower;house;hall;park;estate;manor;barn;cottage;cottages;lodge;mill;woods;"
        "wood;forest;beach;seeds;seed;jelly;jam;cheese;tree;trees;elementary;driving;dance;"
        "ballet;karate;yoga;gym;salon;spa;motors;garage;ai;software;consulting;productions;"
        "records;studios;books;press;schnapps;toys;parkrun;library;museum;festival;gas;cooper;"
        "springs;band's;novel;film;ns;national;bowls;bowl;ct;connecticut;pd;estates;holiday;"
        "churchyard;token;vets;dental;app;tearoom;tearooms;brewing;distillery;winery;vineyard;"
        "colliery;quarry;reservoir;canal;marina;golf;cc;afc;harriers;wanderers;albion;barbers;"
        "hairdressers;nails;beauty;opticians;dentist;dentists;chemist;pharmacy;carpets;"
        "kitchens;bakers;station;airport;roundabout;viaduct;castle;lake;valley;buses;taxis;"
        "holidays;caravans;care home;nursing home;medical centre;medical practice;"
        "health centre;leisure centre;garden centre;community centre;village hall;retail park;"
        "business park;industrial estate;railway station;golf club;social club;rowing club;"
        "sailing club;parish council;housing;lettings;estate agents;funeral directors;removals;"
        "cleaners;motoring"},
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
        "seeds;seedlings;cuttings;bloom;blooms;flower;flowers;flowering;prune;pruning;"
        "allotment;allotments;compost;jelly;jam;fruit;greenhouse;perennial;biennial;rootstock;"
        "bonsai;hedgerow;petals;gardening;gardener;slugs;digitalis;blight;pollinators;bees;"
        "grafts;orchard;potted;graft;hawthorn;species;genus;leaves;bark;blossom;puppy;kitten;"
        "my cat;my dog;cockapoo;labrador;spaniel;pony;mare;stallion;cider;wassail;wassailing;"
        "branch;branches;saplings;sapling;trees;tree;woodland;hedge;hedgelaying;birdsong;nest;"
        "nests;foraging;forager;herbal;herbalist"},
    LexiconEntry{
        Sense::kStory,
        "novel;novels;film;films;movie;movies;album;gig;gigs;band;tour;author;chapter;"
        "storyline;episode;episodes;character;characters;drummer;bassist;essay;essays;essayist;"
        "poem;poet;soap;radio;serial;sequel;trailer;actress;actor;ballet;opera;book club;"
        "killer;villain;minecraft;xbox;playstation;steam;boss;dlc;trilogy;paperback;lyrics;"
        "song;songs;fiction;ending explained;bbc;podcast rewatch;listeners;ambridge;"
        "looking glass;wonderland;critic;prose;sci fi;app;starship;anime;manga;fandom;cosplay;"
        "spoiler;spoilers;lore;etymology;surname;hatnote;plot twist;box set;expansion pack;"
        "deck;baby names;baby name;hive mind;drag race;horror;thriller;poetry;memoir;critics"},
    LexiconEntry{
        Sense::kSport,
        "striker;goalkeeper;penalty;offside;premier league;championship;defence;free throw;"
        "three points;buzzer;hat trick;back four;midfield;transfer;playoffs;playoff;touchdown;"
        "varsity;prop;scrum;arrow;arrows;longbow;archery;wicket;wickets;innings"},
    LexiconEntry{
        Sense::kTrade,
        "driving instructor;driving instructors;driving lesson;driving lessons;driving school;"
        "driving test;theory test;test centre;motoring;crypto;blockchain;nft;nfts;bitcoin;"
        "trading course;microblading;botox;letting agent;letting agents;tenancy;tenant;tenants;"
        "mlm;downline;first time pass;passed first time;lash tech;lash extensions"},
    LexiconEntry{
        Sense::kElsewhere,
        "elementary;sophomore;varsity;school district;3rd class;6th class;tusla;gardai;garda;"
        "ontario;jersey;connecticut;texas;ohio;florida;california;new jersey;toronto;dublin;"
        "cork;galway;australia;sydney;melbourne;brisbane;cheerleader;cheerleaders;homecoming;"
        "quarterback;superintendent;ct;usd;outback;prom queen;lockdown drill;pd;moms;mom;"
        "disambiguation;may refer to;thanksgiving;marching band;kindergarten;sorority;"
        "first grade;second grade;third grade;fourth grade;fifth grade;sixth grade;"
        "seventh grade;eighth grade;the mall"},
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
