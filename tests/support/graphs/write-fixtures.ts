/** Every constraint: composite key, unique (single and composite), range, check, card, required, enum. */
export const BANK_SCHEMA = `
node Account {
  bank: String
  number: I64
  owner: String
  email: String? @unique
  country: String?
  tax: String?
  balance: F64
  limit: I32?
  code: String?
  state: enum(open, closed)
  opened: Date?
  @key(bank, number)
  @range(balance, 0..1000000)
  @unique(country, tax)
  @range(limit, -1000..500)
  @check(code, "^[A-Z]{2}[0-9]+$")
}
node Person { ssn: String @key  name: String }
node Flag { on: Bool @key }
node Day { day: Date @key  label: String? }
edge Holds: Person -> Account @card(1..2) { since: Date?  @unique(src, dst) }
edge Guards: Person -> Person @card(0..1)
edge Pays: Account -> Account { amount: F64 }
`;

export const BANK_DATA = `{"type":"Account","data":{"bank":"NB","number":7,"owner":"Ann","email":"ann@example.com","country":"NO","tax":"1","balance":10.5,"limit":100,"code":"NO1","state":"open","opened":"2020-01-31"}}
{"type":"Account","data":{"bank":"NB","number":8,"owner":"Bob","balance":0,"state":"closed"}}
{"type":"Account","data":{"bank":"SB","number":7,"owner":"Cyd","country":"NO","balance":1000000,"state":"open"}}
{"type":"Person","data":{"ssn":"p1","name":"Ann"}}
{"type":"Person","data":{"ssn":"p2","name":"Bob"}}
{"type":"Person","data":{"ssn":"p3","name":"Cyd"}}
{"type":"Flag","data":{"on":true}}
{"type":"Day","data":{"day":"2024-02-29","label":"leap"}}
{"edge":"Holds","from":"p1","to":"[\\"NB\\",\\"7\\"]","data":{"since":"2020-02-01"}}
{"edge":"Holds","from":"p2","to":"[\\"NB\\",\\"8\\"]"}
{"edge":"Holds","from":"p3","to":"[\\"SB\\",\\"7\\"]"}
{"edge":"Guards","from":"p1","to":"p2"}
{"edge":"Pays","from":"[\\"NB\\",\\"7\\"]","to":"[\\"SB\\",\\"7\\"]","data":{"amount":3.25}}
`;

/** Films of `PLAIN_FILMS`. */
export const FILM_DATA = `{"edge":"Directed","from":"Ines Varga","to":"low-tide","data":{}}
{"type":"Film","data":{"slug":"low-tide","title":"Low Tide","tags":["sea","harbour"],"released":"1951-03-02","premiere":"1951-03-02T19:30:00Z","minutes":94,"budget":1200000,"gross":5400000,"rating":7.5,"score32":0.1,"votes":1200,"colour":false,"genre":"noir","scores":[7,8,9],"poster":[0.5,-1,0.1]}}
{"type":"Film","data":{"slug":"high-tide","title":"High Tide","tags":["sea"],"released":"1954-11-20","premiere":"1954-11-20T21:00:00.250Z","minutes":101,"budget":2500000,"gross":9100000,"rating":6.25,"score32":0.25,"votes":800,"colour":false,"genre":"noir","scores":[6,6]}}
{"type":"Film","data":{"slug":"orbit","title":"Orbit of Ashes","tags":["space","ash%wood"],"released":"1977-06-01","minutes":132,"budget":9007199254740993,"gross":18446744073709551615,"rating":8.5,"votes":4294967295,"colour":true,"genre":"sci-fi","scores":[]}}
{"type":"Film","data":{"slug":"cafe","title":"Café 100%_done","released":"1962-07-14","premiere":"1962-07-14T00:00:00+02:00","minutes":88,"rating":0.0,"colour":false,"genre":"drama","tags":["Sea","🙂"]}}
{"type":"Film","data":{"slug":"untitled","title":"untitled","minutes":0,"colour":false}}
{"type":"Person","data":{"name":"Ines Varga","born":"1919-05-09","height":1.62,"alive":false,"nickname":"Vee"}}
{"type":"Person","data":{"name":"Tomas Reed","born":"1921-12-31","height":1.8,"alive":false}}
{"type":"Person","data":{"name":"Bo Lindqvist","born":"1950-01-01","alive":true,"nickname":"Bo \\"the\\" Lens\\\\"}}
{"type":"Person","data":{"name":"Zed"}}
{"type":"Studio","data":{"code":"NORTH","city":"Oslo"}}
{"type":"Studio","data":{"code":"SOUTH","city":"Porto"}}
{"type":"Note","data":{"id":"n1","text":"restored print","stars":4}}
{"type":"Note","data":{"id":"n2","text":"lost reel"}}
{"edge":"ActedIn","from":"Tomas Reed","to":"low-tide","data":{"role":"Captain","billing":1,"paid":9000,"since":"1950-08-01"}}
{"edge":"ActedIn","from":"Tomas Reed","to":"high-tide","data":{"role":"Twin","billing":3}}
{"edge":"ActedIn","from":"Bo Lindqvist","to":"orbit","data":{"billing":2}}
{"edge":"Follows","from":"high-tide","to":"low-tide"}
{"edge":"MadeBy","from":"low-tide","to":"NORTH"}
{"edge":"MadeBy","from":"orbit","to":"SOUTH"}
`;
