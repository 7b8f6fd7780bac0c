//! The names under which other programs and people keep the fields that CaseyOS knows.

use super::fields::Field;

/// Each field's column names, folded ([`super::fold::fold`]), best first: of two columns that claim a field the one whose name stands
/// earlier wins. English, German, French, Spanish, Italian, Dutch, Portuguese, and the exports of HubSpot, Salesforce, Pipedrive, LinkedIn,
/// Apollo, Mailchimp, Google Contacts, Typeform and Outlook. Only names that mean the field and nothing else.
pub(super) const NAMES: &[(Field, &str)] = &[
    (
        Field::Email,
        "email emailaddress primaryemail primaryemailaddress emailprimary workemail \
         workemailaddress emailwork businessemail businessemailaddress companyemail \
         corporateemail professionalemail emailaddr email1value email1address \
         emailvalue personemail personemailwork personemailwork1 contactemail leademail \
         useremail customeremail respondentemail emailadresse emailanschrift \
         geschaftlicheemail geschaeftlicheemail emailgeschaftlich emailgeschaeftlich \
         dienstlicheemail adresseemail adressemail adressecourriel adresseelectronique \
         courriel courrielprofessionnel emailprofessionnel emailpro adressedemessagerie \
         correoelectronico correo direcciondecorreoelectronico direcciondecorreo \
         direcciondeemail direccionemail emaildetrabajo correodetrabajo emailempresa \
         indirizzoemail indirizzodiposta indirizzodipostaelettronica postaelettronica \
         emailaziendale emaillavoro mailadresse mailadres emailadres epostadresse \
         zakelijkemail zakelijkeemail emailzakelijk werkemail enderecodeemail \
         enderecoemail correioeletronico emailcomercial emailprofissional \
         emaildetrabalho mail emailpersonemail personalemail personalemailaddress \
         emailpersonal personemailhome personemailother privateemail emailprivat \
         emailpersonnel emailpersonnelle correopersonal emailpersonale emailprive \
         emailpessoal emailid",
    ),
    (
        Field::Name,
        "fullname name contactname personname leadname contactfullname personfullname \
         displayname nameofcontact vollername vollstandigername vollstaendigername \
         kontaktname ansprechpartner ansprechpartnerin kontaktperson vorundnachname \
         vornamenachname vornameundnachname namevorname nachnamevorname nomcomplet \
         nometprenom prenometnom nomprenom prenomnom nomducontact interlocuteur \
         nombrecompleto nombreyapellido nombreyapellidos nombreapellidos \
         nombredelcontacto nombredecontacto personadecontacto nomecompleto nomeecognome \
         nomecognome cognomeenome nomecontatto nominativo referente volledigenaam \
         naamcontactpersoon contactpersoon contactnaam voornaamenachternaam \
         nomedocontato nomedocontacto nomeesobrenome pessoadecontato contactperson \
         primarycontactname nom naam nombre nome firstandlastname firstlastname",
    ),
    (
        Field::FirstName,
        "firstname givenname forename fname first contactfirstname personfirstname \
         leadfirstname namefirst vorname rufname prenom prenoms prenomducontact \
         primernombre nombredepila nombrepila nomeproprio voornaam roepnaam namegiven",
    ),
    (
        Field::LastName,
        "lastname surname familyname lname last contactlastname personlastname \
         leadlastname namelast nachname familienname zuname nomdefamille nomfamille \
         patronyme apellido apellidos primerapellido cognome cognomi achternaam \
         familienaam sobrenome apelido apelidos ultimonome namefamily",
    ),
    (
        Field::Company,
        "company companyname companyaccount organization organisation organizationname \
         organisationname organization1name accountname employer employername \
         businessname currentcompany currentcompanyname companyorganization \
         companyorganisation associatedcompany associatedcompanyname \
         primaryassociatedcompany primarycompany nameofcompany nameofyourcompany \
         contactcompany leadcompany personcompany personorganization personorganisation \
         dealorganization leadorganization firma firmenname firmaname \
         nameihresunternehmens unternehmen unternehmensname nameunternehmen \
         namedesunternehmens namederfirma arbeitgeber betrieb entreprise nomentreprise \
         nomdelentreprise nomdentreprise societe nomdelasociete nomsociete \
         raisonsociale employeur empresa nombreempresa nombredelaempresa \
         nombredeempresa compania razonsocial organizacion azienda nomeazienda \
         nomedellazienda societa nomesocieta ragionesociale ditta impresa bedrijf \
         bedrijfsnaam naambedrijf onderneming werkgever organisatie organisatienaam \
         nomedaempresa nomeempresa nomeorganizacao organizacao razaosocial empregador \
         companynameforemails clientcompany",
    ),
    (
        Field::Website,
        "companydomain companydomainname emaildomain domain domainname \
         organizationdomain website companywebsite companywebsiteurl websiteurl \
         companyurl webpage website1value websiteaddress organizationwebsite \
         accountwebsite homepage businesshomepage webaddress siteurl companysite \
         companyhomepage webseite webauftritt internetseite internetadresse \
         firmenwebsite firmenwebseite unternehmenswebsite domane domaene siteweb \
         siteinternet sitewebdelentreprise adressedusite domaine domaineentreprise \
         nomdedomaine sitioweb paginaweb paginawebdelaempresa dominio \
         dominiodelaempresa sitoweb sitointernet sitoaziendale dominioaziendale \
         websitebedrijf websiteadres webadres bedrijfswebsite bedrijfsdomein domein \
         enderecodosite sitedaempresa paginadainternet",
    ),
    (
        Field::Title,
        "jobtitle title position jobposition jobrole role jobfunction currenttitle \
         currentposition currentjobtitle currentjob positiontitle persontitle \
         contacttitle personjobtitle personposition contactjobtitle organizationtitle \
         organization1title berufsbezeichnung jobbezeichnung positionimunternehmen \
         funktion stellung stellenbezeichnung titredeposte titreduposte intituleduposte \
         intitulepost intituledeposte poste posteoccupe fonction cargo puesto \
         puestodetrabajo posicion titulodelpuesto qualifica ruolo ruoloaziendale \
         mansione posizionelavorativa titoloprofessionale functie functietitel \
         functieomschrijving titulodocargo cargofuncao funcao",
    ),
    (
        Field::Phone,
        "phone phonenumber telephone telephonenumber primaryphone workphone \
         workphonenumber businessphone businesstelephone businessphonenumber \
         workdirectphone directphone directdial directline mobilephone \
         mobilephonenumber mobile mobilenumber cellphone cellphonenumber cell \
         cellnumber contactphone contactphonenumber leadphone personphone \
         personphonework personphonemobile contactnumber phone1value phonevalue tel \
         telno telnumber phoneno mobileno whatsappnumber whatsapp telefon telefonnummer \
         telefonnr telefongeschaftlich telefongeschaeftlich geschaftlichestelefon \
         rufnummer handy handynummer mobil mobilnummer mobiltelefon mobilfunknummer \
         telefondurchwahl durchwahl numerodetelephone telephonenumero \
         telephoneprofessionnel telephonepro telpro numtel notelephone portable \
         telephoneportable telephonemobile numerodeportable telefono telefonodeltrabajo \
         telefonodetrabajo telefonoempresa numerodetelefono numerotelefono \
         telefonomovil movil celular numerodecelular numeroditelefono telefonoaziendale \
         telefonoufficio recapitotelefonico cellulare numerodicellulare \
         telefonocellulare telefoon telefoonnummer telefoonzakelijk werktelefoon \
         mobielnummer mobieletelefoon mobiel gsm gsmnummer telefone numerodetelefone \
         telefonecomercial telemovel telefonecelular corporatephone companyphone \
         companyphonenumber companymainphone otherphone personphoneother homephone \
         homephonenumber personphonehome telefonprivat",
    ),
    (
        Field::City,
        "city town citytown personcity contactcity leadcity mailingcity businesscity \
         primarycity workcity address1city addresscity billingcity primaryaddresscity \
         locationcity cityname companycity hqcity stadt wohnort ort stadtort \
         geschaftsort ville localite commune ciudad poblacion localidad citta comune \
         localita stad woonplaats plaats plaatsnaam vestigingsplaats cidade municipio \
         homecity",
    ),
    (
        Field::Country,
        "country countryregion countryname personcountry contactcountry leadcountry \
         mailingcountry businesscountry businesscountryregion address1country \
         addresscountry primarycountry primaryaddresscountry billingcountry \
         locationcountry countryregioncode companycountry companycountryregion \
         hqcountry land staat landregion geschaftsland pays paysregion pais paisregion \
         paese nazione paeseregione landnaam paisouregiao homecountryregion",
    ),
    (
        Field::LinkedinUrl,
        "linkedinurl linkedinprofileurl personlinkedinurl contactlinkedinurl \
         linkedinprofile linkedin linkedinprofilelink linkedinlink \
         linkedincontactprofileurl linkedinmemberurl linkedinpublicurl \
         defaultprofileurl linkedinaddress leadlinkedinurl linkedinbio hslinkedinurl \
         linkedinprofil linkedinprofiel profillinkedin perfildelinkedin perfillinkedin \
         profilolinkedin urllinkedin urldelinkedin urldulinkedin salesnavigatorurl \
         salesnavurl linkedinsalesnavigatorurl salesnavigatorprofileurl",
    ),
    (
        Field::Source,
        "leadsource source originalsource contactsource sourcechannel sourcename \
         leadorigin leadsourceoriginal originaltrafficsource latestsource \
         acquisitionsource trafficsource quelle leadquelle herkunft kontaktquelle \
         sourcedulead sourceprospect sourceduprospect provenance fuente fuentedellead \
         fuentedelprospecto fuentedecontacto fonte fontelead fontedellead fontedolead \
         origem origemdolead origen origendellead origenlead bron leadbron herkomst \
         utmsource",
    ),
    (
        Field::DoNotEmail,
        "donotemail dontemail noemail noemails emailoptout emailoptedout \
         hasoptedoutofemail optedoutofemail optoutofemail optedoutemail optoutemail \
         unsubscribedfromallemail unsubscribedfromallemails hsemailoptout \
         emailunsubscribed unsubscribed unsubscribe unsubscribedfromemail \
         unsubscribedfromemails donotcontact donotsendemail donotemailflag optout \
         optedout globaloptout marketingoptout newsletteroptout emailsuppressed \
         keineemail keineemails keinemail nichtanschreiben keinewerbung emailabgemeldet \
         abgemeldet werbewiderspruch nepasenvoyerdemail nepasenvoyeremail \
         nepascontacter pasdemail desabonne desinscrit desinscritemail noenviaremail \
         noenviarcorreo noenviaremails nocontactar dadodebaja nonsiviaremail \
         noninviareemail noninviaremail noncontattare disiscritto nietmailen \
         nieteemailen geenemail geenemails nietcontacteren nietbenaderen afgemeld \
         uitgeschreven naoenviaremail naoenviaremails naocontatar naocontactar \
         descadastrado \
         unsubtime unsubscribedat unsubscribedate unsubscribedon optoutdate optouttime optedoutat",
    ),
    (
        Field::DoNotCall,
        "donotcall dontcall donotphone nocalls nocall calloptout phoneoptout dnc \
         donotcallflag optedoutofcalls nichtanrufen keineanrufe keineanrufen \
         nepasappeler nepastelephoner pasdappel nollamar nochiamare nonchiamare \
         nontelefonare nietbellen geentelefoon naoligar naotelefonar",
    ),
    (
        Field::Amount,
        "amount dealamount dealvalue opportunityamount leadvalue leadamount \
         expectedamount amountusd amounteur amountgbp amountinusd amountineur \
         estimatedvalue estimatedrevenue expectedrevenue contractvalue \
         totalcontractvalue tcv betrag dealbetrag auftragswert dealwert auftragsvolumen \
         montant montantdeladeal montantdudeal montantopportunite valeurdudeal importe \
         importedelnegocio monto valordelnegocio valordeltrato importo \
         importotrattativa valoretrattativa bedrag dealbedrag dealwaarde valordonegocio \
         montante amountincompanycurrency",
    ),
    (
        Field::Currency,
        "currency currencycode currencyisocode dealcurrency dealcurrencycode \
         opportunitycurrency amountcurrency leadcurrency wahrung waehrung wahrungscode \
         devise monnaie moneda divisa valuta codicevaluta munt valutacode moeda \
         currencyofvalue",
    ),
    (
        Field::CloseDate,
        "closedate expectedclosedate dealclosedate dealexpectedclosedate \
         opportunityclosedate closingdate estimatedclosedate targetclosedate \
         dateofclose abschlussdatum erwartetesabschlussdatum schlussdatum \
         abschlusstermin datedecloture datedeclotureprevue datedeclotureestimee \
         fechadecierre fechacierre fechadecierreprevista fechadecierreesperada \
         datadichiusura datachiusura datadichiusuraprevista sluitingsdatum afsluitdatum \
         verwachtesluitingsdatum verwachteafsluitdatum datadefechamento datadefecho \
         dataprevistadefechamento",
    ),
    (
        Field::Stage,
        "dealstage stage opportunitystage salesstage pipelinestage leadstage \
         contactstage stagename dealphase phase verkaufsphase angebotsphase \
         pipelinephase etape etapedudeal etapedeladeal etapedelatransaction \
         etapedelopportunite phasedevente etapadelnegocio etapadeltrato etapa fase \
         fasetrattativa fasedellatrattativa dealfase verkoopfase etapadonegocio estagio \
         estagiodonegocio lifecyclestage",
    ),
    (
        Field::OwnerEmail,
        "owneremail owneremailaddress contactowneremail leadowneremail dealowneremail \
         accountowneremail recordowneremail opportunityowneremail assignedtoemail \
         assigneeemail salesrepemail repemail owneremailadresse emaildesbesitzers \
         besitzeremail emaildesverantwortlichen emailduproprietaire emaildelpropietario \
         correodelpropietario emaildelproprietario emaileigenaar emaildoproprietario",
    ),
    (
        Field::Notes,
        "message notes note comments comment messagetext messagebody inquiry enquiry \
         howcanwehelp howcanwehelpyou whatcanwedoforyou question questions \
         additionalinformation additionalinfo additionalcomments anythingelse leadnotes \
         contactnotes personnotes nachricht anfrage notiz notizen anmerkung anmerkungen \
         kommentar kommentare bemerkung bemerkungen mitteilung wiekonnenwirhelfen \
         wiekonnenwirihnenhelfen commentaire commentaires remarque remarques demande \
         commentpouvonsnousvousaider mensaje nota notas comentario comentarios consulta \
         observaciones messaggio commento commenti richiesta bericht notitie notities \
         opmerking opmerkingen toelichting vraag mensagem comentariosadicionais \
         observacoes observacao duvida",
    ),
    (
        Field::TimeZone,
        "timezone contacttimezone persontimezone hstimezone timezoneid zeitzone \
         fuseauhoraire zonahoraria husohorario fusoorario tijdzone fusohorario",
    ),
    (
        Field::OccurredAt,
        "occurredat submittedat submitdate submissiondate submissiontime \
         submissiontimestamp datesubmitted submittedon timestamp createdat createdate \
         createddate datecreated creationdate createdon created createdtime \
         leadcreateddate leadcreated leadcreatedate leadleadcreated contactcreateddate \
         personcreated persondateadded dateadded addedon addedat addtime dealcreated \
         dealdealcreated becamealeaddate dateentered entrydate erstellungsdatum \
         erstelltam erstellt angelegtam hinzugefugtam eingegangenam eingangsdatum \
         absendedatum zeitstempel datedecreation creele dateajout datedajout \
         datedesoumission datedenvoi horodateur horodatage fechadecreacion \
         fechacreacion creadoel creado fechadealta fechadeenvio marcatemporal \
         datadicreazione datacreazione creatoil dataaggiunta datadiinvio \
         informazionicronologiche aanmaakdatum aangemaaktop gemaaktop toegevoegdop \
         datumtoegevoegd datumtoevoeging inzenddatum tijdstempel datadecriacao criadoem \
         dataderegistro datadeenvio carimbodedatahora",
    ),
];

/// Words in front of a field's name that only ask for it, folded: `What is your phone number?`, `Ihre Telefonnummer`, `your-name`.
pub(super) const ASKING: &[&str] = &[
    "your",
    "whatisyour",
    "whatsyour",
    "andwhatsyour",
    "andwhatisyour",
    "enteryour",
    "pleaseenteryour",
    "pleaseprovideyour",
    "ihre",
    "ihr",
    "deine",
    "dein",
    "wieistihre",
    "wieistihr",
    "wielautetihre",
    "wielautetihr",
    "wielautetdeine",
    "wielautetdein",
    "votre",
    "ton",
    "ta",
    "quelestvotre",
    "quelleestvotre",
    "su",
    "tu",
    "cualessu",
    "cualestu",
    "il",
    "la",
    "iltuo",
    "ilsuo",
    "latua",
    "lasua",
    "qualeiltuo",
    "qualeilsuo",
    "qualeelatua",
    "qualeelasua",
    "qualeiltuoindirizzo",
    "uw",
    "je",
    "jouw",
    "watisuw",
    "watisje",
    "seu",
    "sua",
    "oseu",
    "asua",
    "qualoseu",
    "qualeoseu",
    "qualeasua",
];

/// Containers that a form's field names are nested in, folded: `form_fields[email]`, `data.email`.
pub(super) const CONTAINERS: &[&str] = &[
    "formfields",
    "formresponse",
    "fields",
    "field",
    "form",
    "input",
    "answers",
    "payload",
    "values",
    "data",
    "submission",
    "contact",
    "lead",
    "person",
];

/// Whose field it is, folded: `Lead: Email`, `primary contact phone`. Only in front of what a person has, [`OWNED`].
pub(super) const OWNERS: &[&str] = &[
    "contact",
    "lead",
    "person",
    "prospect",
    "customer",
    "client",
    "primary",
    "primarycontact",
    "main",
    "maincontact",
    "business",
    "work",
    "kontakt",
    "contacto",
    "contatto",
    "contato",
    "contactpersoon",
];

/// The fields that a person has, whatever the person is called in front of the field's name.
pub(super) const OWNED: &[Field] = &[
    Field::Email,
    Field::FirstName,
    Field::LastName,
    Field::Company,
    Field::Website,
    Field::Phone,
    Field::City,
    Field::Country,
    Field::LinkedinUrl,
    Field::DoNotEmail,
    Field::DoNotCall,
    Field::TimeZone,
];

/// Words behind a field's name that change nothing about it, folded: `Email (required)`, `Submit Date (UTC)`, `Telefon 1`.
pub(super) const TRAILING: &[&str] = &[
    "required",
    "optional",
    "mandatory",
    "pflichtfeld",
    "erforderlich",
    "obligatoire",
    "obligatorio",
    "obbligatorio",
    "verplicht",
    "utc",
    "gmt",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
    "cet",
    "cest",
    "usd",
    "eur",
    "gbp",
    "chf",
    "work",
    "business",
    "primary",
    "geschaftlich",
    "beruflich",
    "pro",
    "1",
    "01",
];

/// Names that forbid more than mailing, folded: they hold for calls too.
pub(super) const NO_CONTACT: &[&str] = &[
    "donotcontact",
    "nepascontacter",
    "nocontactar",
    "noncontattare",
    "nietcontacteren",
    "nietbenaderen",
    "naocontatar",
    "naocontactar",
];
